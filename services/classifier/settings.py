from shared.settings import Port, ServiceSettings


class ClassifierSettings(ServiceSettings):
    port: Port = 8011
