import { AnyApplication, Application } from '../model/application';

/** The applications that an application waits for, each once. */
export function dependenciesOf(application: AnyApplication): AnyApplication[] {
  return [...new Set(application.node.dependencies.filter(dependency => dependency instanceof Application))];
}
