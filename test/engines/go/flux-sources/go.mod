module cdk8s-flotilla.dev/test-engines/flux-sources

go 1.26.0

// For its custom resource definitions alone: the version of source-controller/api that kustomize-controller requires.
require github.com/fluxcd/source-controller v1.9.0
