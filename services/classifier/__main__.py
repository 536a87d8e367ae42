from services.classifier.app import main
from shared.service import run_service

run_service("classifier", main)
