from services.registry.app import main
from shared.service import run_service

run_service("registry", main)
