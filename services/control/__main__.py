from services.control.app import main
from shared.service import run_service

run_service("control", main)
