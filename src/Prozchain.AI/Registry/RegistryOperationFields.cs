using Prozchain.Shared;

namespace Prozchain.AI.Registry;

/// <summary>What an operation says, before and while it is checked.</summary>
internal sealed class RegistryOperationFields(RegistryOperationKind kind, in Bytes32 actor, string name, string version)
{
    public const int MaxParents = 16;

    public RegistryOperationFields(RegistryOperationKind kind, ReadOnlySpan<byte> actor, string name, string version)
        : this(kind, KeyOf(actor), name ?? throw new ArgumentNullException(nameof(name)), version ?? throw new ArgumentNullException(nameof(version)))
    {
    }

    public RegistryOperationKind Kind => kind;

    public Bytes32 Actor { get; } = actor;

    public string Name => name;

    public string Version => version;

    public ModelPublication? Publication { get; init; }

    public ModelLease Lease { get; init; }

    public ulong Price { get; init; }

    public Bytes32 NewOwner { get; init; }

    public static Bytes32 KeyOf(ReadOnlySpan<byte> key) => key.Length == Bytes32.Size ? new Bytes32(key)
        : throw new ArgumentException($"Expected a key of {Bytes32.Size} bytes, got {key.Length}.", nameof(key));

    /// <summary>Whether everything is formed as it ought to be, whatever the registry's state.</summary>
    public RegistryStatus Check()
    {
        if (!ModelReference.IsName(Name) || (Kind == RegistryOperationKind.Transfer && Name.Contains('/', StringComparison.Ordinal))) return RegistryStatus.InvalidName;
        if (Kind != RegistryOperationKind.Transfer && !ModelReference.IsVersion(Version)) return RegistryStatus.InvalidVersion;
        bool leases = Kind is RegistryOperationKind.Publish or RegistryOperationKind.Lease;
        if (leases && Lease.Tier is not (StorageTier.Hot or StorageTier.Warm)) return RegistryStatus.InvalidLease;
        return Publication is null ? RegistryStatus.Ok : Check(Publication);
    }

    private static RegistryStatus Check(ModelPublication publication)
    {
        if (!IsDigest(publication.ManifestId) || !IsDigest(publication.ModelRoot) || !IsDigest(publication.AuditRoot)) return RegistryStatus.Malformed;
        if (!publication.GraphDigest.IsEmpty && !IsDigest(publication.GraphDigest)) return RegistryStatus.Malformed;
        if (publication.Size <= 0) return RegistryStatus.InvalidSize;
        if (!ModelReference.IsLicence(publication.Licence) || !ModelReference.IsQuantisation(publication.Quantisation)) return RegistryStatus.InvalidText;
        if (publication.Parents.IsDefault || publication.Parents.Length > MaxParents) return RegistryStatus.InvalidParents;
        for (int i = 0; i < publication.Parents.Length; i++)
        {
            ModelParent parent = publication.Parents[i];
            if (!IsDigest(parent.Id) || parent.Lineage > Lineage.Other) return RegistryStatus.InvalidParents;
            for (int j = 0; j < i; j++)
                if (parent.Id.Span.SequenceEqual(publication.Parents[j].Id.Span)) return RegistryStatus.InvalidParents;
        }
        return RegistryStatus.Ok;
    }

    private static bool IsDigest(ReadOnlyMemory<byte> bytes) => bytes.Length == Bytes32.Size;
}
