import { Construct } from 'constructs';
import { variables, Workload, WorkloadProps } from './workload';

export interface LoadGeneratorProps extends Omit<WorkloadProps, 'env'> {
  /** Image of the container that waits for the frontend: any with a shell and wget. */
  readonly waitImage: string;
  /** Where the shop is called, as `frontend:80`. */
  readonly frontend: string;
  /** How many customers it plays. */
  readonly users: number;
  /** How many of them come in a second. */
  readonly rate: number;
}

/** Plays customers, as soon as the frontend answers. */
export class LoadGenerator extends Construct {
  constructor(scope: Construct, id: string, props: LoadGeneratorProps) {
    super(scope, id);
    const target = { FRONTEND_ADDR: props.frontend };
    new Workload(this, 'workload', { ...props, env: { ...target, USERS: String(props.users), RATE: String(props.rate) } }, {
      containerName: 'main',
      initContainers: [{
        name: 'frontend-check', image: props.waitImage, command: ['/bin/sh', '-exc', waitForFrontend], env: variables(target),
      }],
      restartPolicy: 'Always',
      podAnnotations: { 'sidecar.istio.io/rewriteAppHTTPProbers': 'true' },
    });
  }
}

const waitForFrontend = `\
MAX_RETRIES=12
RETRY_INTERVAL=10
for i in $(seq 1 $MAX_RETRIES); do
  echo "Attempt $i: Pinging frontend: \${FRONTEND_ADDR}..."
  STATUSCODE=$(wget --server-response http://\${FRONTEND_ADDR} 2>&1 | awk '/^  HTTP/{print $2}')
  if [ $STATUSCODE -eq 200 ]; then
      echo "Frontend is reachable."
      exit 0
  fi
  echo "Error: Could not reach frontend - Status code: \${STATUSCODE}"
  sleep $RETRY_INTERVAL
done
echo "Failed to reach frontend after $MAX_RETRIES attempts."
exit 1
`;
