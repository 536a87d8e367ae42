from deploy.grafana.boards.delivery import DELIVERY
from deploy.grafana.boards.flow import FLOW
from deploy.grafana.boards.judgement import JUDGEMENT
from deploy.grafana.boards.risk import RISK
from deploy.grafana.boards.stores import STORES

BOARDS = (FLOW, DELIVERY, JUDGEMENT, RISK, STORES)
