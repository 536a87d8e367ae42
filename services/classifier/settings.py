from shared.settings import Port, ServiceSettings


class ClassifierSettings(ServiceSettings):
    port: Port = 8011
    encoder: bool = False
    """On: the text encoder reads, where its base model is installed. Off: the light model judges alone."""
