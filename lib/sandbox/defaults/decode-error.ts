/** A value of the wrong type, in the words of Go's decoder: `json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32`. */
export class DecodeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DecodeError';
  }
}
