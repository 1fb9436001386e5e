using Prozchain.Shared;

namespace Prozchain.AI.Registry;

/// <summary>One published version as it stood when it was looked up. Immutable.</summary>
public sealed class ModelVersion
{
    private readonly Bytes32 _id, _publisher;

    internal ModelVersion(in Bytes32 id, in Bytes32 publisher, ModelPublication publication, int number, ulong publishedAt)
        : this(id, publisher, publication, number, publishedAt, false, publication.Lease, publication.Price)
    {
    }

    internal ModelVersion(
        in Bytes32 id, in Bytes32 publisher, ModelPublication publication, int number, ulong publishedAt, bool isRetired, ModelLease lease, ulong price)
    {
        (_id, _publisher, Publication, Number) = (id, publisher, publication, number);
        (PublishedAt, IsRetired, Lease, Price) = (publishedAt, isRetired, lease, price);
    }

    /// <summary>Commits to everything of the publication but lease and price, and to the publisher: 32 bytes.</summary>
    public ReadOnlyMemory<byte> Id => _id.Span.ToArray();

    /// <summary>What the publisher said; its lease and price are the first ones, or those of the snapshot that the registry began from.</summary>
    public ModelPublication Publication { get; }

    /// <summary>The publisher's key, 32 opaque bytes.</summary>
    public ReadOnlyMemory<byte> Publisher => _publisher.Span.ToArray();

    /// <summary>1 for the first version of its name, then one more for each.</summary>
    public int Number { get; }

    /// <summary>The slot of its publication.</summary>
    public ulong PublishedAt { get; }

    /// <summary>Whether look-ups by bare name pass it over.</summary>
    public bool IsRetired { get; }

    /// <summary>How its bytes are kept now.</summary>
    public ModelLease Lease { get; }

    /// <summary>What one request costs now, in micro-dollars.</summary>
    public ulong Price { get; }

    /// <summary><c>name@version</c>.</summary>
    public override string ToString() => $"{Publication.Name}@{Publication.Version}";

    internal ref readonly Bytes32 Key => ref _id;

    internal ModelVersion With(bool? isRetired = null, ModelLease? lease = null, ulong? price = null) =>
        new(_id, _publisher, Publication, Number, PublishedAt, isRetired ?? IsRetired, lease ?? Lease, price ?? Price);
}
