using Prozchain.Shared;

namespace Prozchain.AI.Registry;

/// <summary>A record of the registry: a namespace and its owner, or a version.</summary>
internal readonly record struct RegistryRecord(string Namespace, Bytes32 Owner, ModelVersion? Version);
