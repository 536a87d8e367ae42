from services.scorer.app import main
from shared.service import run_service

run_service("scorer", main)
