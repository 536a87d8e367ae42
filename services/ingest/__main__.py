from services.ingest.app import main
from shared.service import run_service

if __name__ == "__main__":
    run_service("ingest", main)
