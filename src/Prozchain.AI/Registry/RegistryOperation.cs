using System.Buffers;
using Prozchain.Shared;

namespace Prozchain.AI.Registry;

/// <summary>One change of the registry, in its one encoding (docs/formats/ai-registry.md). Well formed by construction.</summary>
public sealed class RegistryOperation
{
    /// <summary>No operation is longer.</summary>
    public const int MaxBytes = 2_048;

    private readonly byte[] _encoded;
    private readonly Bytes32 _actor;

    internal RegistryOperation(RegistryOperationFields fields)
    {
        (Kind, Name, Version, Publication, Lease, Price) = (fields.Kind, fields.Name, fields.Version, fields.Publication, fields.Lease, fields.Price);
        (_actor, NewOwner) = (fields.Actor, fields.NewOwner);
        (_encoded, VersionId) = RegistryWire.Encode(fields);
    }

    /// <summary>What it does.</summary>
    public RegistryOperationKind Kind { get; }

    /// <summary>Who wants it done: a key, 32 opaque bytes. That this is so, the ledger answers for.</summary>
    public ReadOnlyMemory<byte> Actor => _actor.Span.ToArray();

    /// <summary>The model's name, or the namespace of a transfer.</summary>
    public string Name { get; }

    /// <summary>The version; empty for a transfer.</summary>
    public string Version { get; }

    internal ModelPublication? Publication { get; }

    /// <summary>Tier, end and rate of a lease; of an extension its end.</summary>
    internal ModelLease Lease { get; }

    internal ulong Price { get; }

    internal Bytes32 NewOwner { get; }

    /// <summary>Id of the version that a publication makes.</summary>
    internal Bytes32 VersionId { get; }

    internal ref readonly Bytes32 ActorKey => ref _actor;

    /// <summary>Adds a version.</summary>
    /// <param name="actor">The publisher's key, 32 bytes.</param>
    /// <param name="publication">What is published.</param>
    /// <exception cref="ArgumentException">The actor has another length, or the publication is not well formed.</exception>
    public static RegistryOperation Publish(ReadOnlySpan<byte> actor, ModelPublication publication)
    {
        ArgumentNullException.ThrowIfNull(publication);
        return Make(new RegistryOperationFields(RegistryOperationKind.Publish, actor, publication.Name, publication.Version)
        {
            Publication = publication, Lease = publication.Lease, Price = publication.Price,
        });
    }

    /// <summary>Withdraws a version from look-ups by bare name.</summary>
    /// <param name="actor">The owner's key, 32 bytes.</param>
    /// <param name="name">The model.</param>
    /// <param name="version">Its version.</param>
    /// <exception cref="ArgumentException">An argument is not well formed.</exception>
    public static RegistryOperation Retire(ReadOnlySpan<byte> actor, string name, string version) =>
        Make(new RegistryOperationFields(RegistryOperationKind.Retire, actor, name, version));

    /// <summary>Leases a version anew.</summary>
    /// <param name="actor">The owner's key, 32 bytes.</param>
    /// <param name="name">The model.</param>
    /// <param name="version">Its version.</param>
    /// <param name="lease">Hot or warm.</param>
    /// <exception cref="ArgumentException">An argument is not well formed.</exception>
    public static RegistryOperation LeaseAnew(ReadOnlySpan<byte> actor, string name, string version, ModelLease lease) =>
        Make(new RegistryOperationFields(RegistryOperationKind.Lease, actor, name, version) { Lease = lease });

    /// <summary>Moves the end of a lease, or of an archive, to a later slot.</summary>
    /// <param name="actor">Anybody's key, 32 bytes.</param>
    /// <param name="name">The model.</param>
    /// <param name="version">Its version.</param>
    /// <param name="end">The last slot of the lease.</param>
    /// <exception cref="ArgumentException">An argument is not well formed.</exception>
    public static RegistryOperation Extend(ReadOnlySpan<byte> actor, string name, string version, ulong end) =>
        Make(new RegistryOperationFields(RegistryOperationKind.Extend, actor, name, version) { Lease = new ModelLease(default, end, 0) });

    /// <summary>Moves a version to the archive.</summary>
    /// <param name="actor">The owner's key, or once the lease has ended anybody's, 32 bytes.</param>
    /// <param name="name">The model.</param>
    /// <param name="version">Its version.</param>
    /// <exception cref="ArgumentException">An argument is not well formed.</exception>
    public static RegistryOperation Archive(ReadOnlySpan<byte> actor, string name, string version) =>
        Make(new RegistryOperationFields(RegistryOperationKind.Archive, actor, name, version));

    /// <summary>Gives up a version's bytes.</summary>
    /// <param name="actor">The owner's key, or once the archive's time has ended anybody's, 32 bytes.</param>
    /// <param name="name">The model.</param>
    /// <param name="version">Its version.</param>
    /// <exception cref="ArgumentException">An argument is not well formed.</exception>
    public static RegistryOperation Prune(ReadOnlySpan<byte> actor, string name, string version) =>
        Make(new RegistryOperationFields(RegistryOperationKind.Prune, actor, name, version));

    /// <summary>Sets what one request costs.</summary>
    /// <param name="actor">The owner's key, 32 bytes.</param>
    /// <param name="name">The model.</param>
    /// <param name="version">Its version.</param>
    /// <param name="price">Micro-dollars.</param>
    /// <exception cref="ArgumentException">An argument is not well formed.</exception>
    public static RegistryOperation SetPrice(ReadOnlySpan<byte> actor, string name, string version, ulong price) =>
        Make(new RegistryOperationFields(RegistryOperationKind.Price, actor, name, version) { Price = price });

    /// <summary>Hands a namespace to another key.</summary>
    /// <param name="actor">The owner's key, 32 bytes.</param>
    /// <param name="name">The namespace: what is in front of the first slash of the names in it.</param>
    /// <param name="newOwner">The other key, 32 bytes.</param>
    /// <exception cref="ArgumentException">An argument is not well formed.</exception>
    public static RegistryOperation Transfer(ReadOnlySpan<byte> actor, string name, ReadOnlySpan<byte> newOwner) =>
        Make(new RegistryOperationFields(RegistryOperationKind.Transfer, actor, name, "") { NewOwner = RegistryOperationFields.KeyOf(newOwner) });

    /// <summary>Reads an operation. Never throws on hostile bytes.</summary>
    /// <param name="bytes">A whole encoding, nothing more.</param>
    /// <param name="operation">The operation, or null.</param>
    public static RegistryStatus TryRead(ReadOnlySpan<byte> bytes, out RegistryOperation? operation)
    {
        RegistryStatus status = RegistryWire.TryRead(bytes, out RegistryOperationFields? fields);
        operation = status == RegistryStatus.Ok ? new RegistryOperation(fields!) : null;
        return status;
    }

    /// <summary>Writes the one encoding of this operation.</summary>
    /// <param name="output">Receives it.</param>
    public void Write(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.Write(_encoded);
    }

    internal ReadOnlyMemory<byte> Encoded => _encoded;

    private static RegistryOperation Make(RegistryOperationFields fields)
    {
        RegistryStatus status = fields.Check();
        if (status == RegistryStatus.Ok)
        {
            // Read back, so that nothing of it is the caller's memory.
            status = TryRead(RegistryWire.Encode(fields).Bytes, out RegistryOperation? operation);
            if (operation is not null) return operation;
        }
        throw new ArgumentException($"Expected a well formed operation, got {fields.Kind} of '{fields.Name}@{fields.Version}': {status}.", nameof(fields));
    }
}
