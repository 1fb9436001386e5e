using System.Collections.Immutable;

namespace Prozchain.AI.Registry;

/// <summary>What a publisher says of a version. All but the lease and the price is bound into the version's id.</summary>
public sealed class ModelPublication
{
    /// <summary>
    /// 1 to 128 characters: parts of <c>a-z 0-9 . _ -</c> between slashes, each beginning and ending with a letter or digit.
    /// The part in front of the first slash is the namespace, which has one owner.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>1 to 64 characters of <c>a-z 0-9 . _ + -</c>, the first a letter or digit.</summary>
    public required string Version { get; init; }

    /// <summary>Id of the vault's manifest, 32 bytes.</summary>
    public required ReadOnlyMemory<byte> ManifestId { get; init; }

    /// <summary>Root over the decoded bytes, 32 bytes.</summary>
    public required ReadOnlyMemory<byte> ModelRoot { get; init; }

    /// <summary>Root over the stored bytes, 32 bytes.</summary>
    public required ReadOnlyMemory<byte> AuditRoot { get; init; }

    /// <summary>Digest of the integer graph, 32 bytes; zeros, or empty, when there is none.</summary>
    public ReadOnlyMemory<byte> GraphDigest { get; init; }

    /// <summary>Bytes of the model, decoded: 1 to 2^63 - 1.</summary>
    public required long Size { get; init; }

    /// <summary>An SPDX expression: 1 to 256 printable characters of ASCII.</summary>
    public required string Licence { get; init; }

    /// <summary>Name of the quantisation, at most 32 characters of <c>a-z 0-9 . _ -</c>; empty for none.</summary>
    public string Quantisation { get; init; } = "";

    /// <summary>Version of the engine that the graph is for; 0 when there is no graph.</summary>
    public uint EngineVersion { get; init; }

    /// <summary>What the version stems from, at most 16.</summary>
    public ImmutableArray<ModelParent> Parents { get; init; } = [];

    /// <summary>The first lease: hot or warm.</summary>
    public required ModelLease Lease { get; init; }

    /// <summary>What one request costs, in micro-dollars.</summary>
    public ulong Price { get; init; }
}
