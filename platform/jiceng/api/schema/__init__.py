"""The OpenAPI documents: generated from manifests, viewsets and serializers, committed, compared, served by module."""
