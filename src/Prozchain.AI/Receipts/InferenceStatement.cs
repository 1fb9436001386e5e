using Prozchain.Shared;

namespace Prozchain.AI.Receipts;

/// <summary>
/// What a host says of one run, and what a later proof will prove: this graph, from this model, made this output of this
/// input. Immutable.
/// </summary>
public sealed class InferenceStatement : IEquatable<InferenceStatement>
{
    /// <summary>The rules of digests that are used now (docs/formats/ai-receipt.md).</summary>
    public const int CurrentVersion = 2;

    /// <summary>Takes the digests.</summary>
    /// <param name="modelRoot">Root of the stored model, 32 bytes.</param>
    /// <param name="graphDigest">Digest of the graph, 32 bytes.</param>
    /// <param name="inputDigest"><see cref="RequestDigests.Input"/>, 32 bytes.</param>
    /// <param name="outputDigest"><see cref="RequestDigests.Output"/>, 32 bytes.</param>
    /// <param name="engineVersion">Version of the operators' definitions.</param>
    /// <param name="version">By which rules the digests were made: <see cref="CurrentVersion"/>, or 1, where a state's digest is that of all its bytes.</param>
    /// <exception cref="ArgumentException">A digest is not 32 bytes, the engine's version is negative, or the rules are not known.</exception>
    public InferenceStatement(ReadOnlySpan<byte> modelRoot, ReadOnlySpan<byte> graphDigest, ReadOnlySpan<byte> inputDigest, ReadOnlySpan<byte> outputDigest, int engineVersion, int version = CurrentVersion)
    {
        Model = Take(modelRoot, nameof(modelRoot));
        Graph = Take(graphDigest, nameof(graphDigest));
        Input = Take(inputDigest, nameof(inputDigest));
        Output = Take(outputDigest, nameof(outputDigest));
        EngineVersion = engineVersion >= 0 ? engineVersion : throw new ArgumentException($"Expected a version of at least 0, got {engineVersion}.", nameof(engineVersion));
        Version = IsVersion(version) ? version : throw new ArgumentException($"Expected rules of version 1 to {CurrentVersion}, got {version}.", nameof(version));
    }

    /// <summary>By which rules the digests were made.</summary>
    public int Version { get; }

    /// <summary>Root of the stored model.</summary>
    public ReadOnlyMemory<byte> ModelRoot => Model.Span.ToArray();

    /// <summary>Digest of the graph.</summary>
    public ReadOnlyMemory<byte> GraphDigest => Graph.Span.ToArray();

    /// <summary>Digest of the inputs, and of the state they met.</summary>
    public ReadOnlyMemory<byte> InputDigest => Input.Span.ToArray();

    /// <summary>Digest of the outputs, and of the state they left.</summary>
    public ReadOnlyMemory<byte> OutputDigest => Output.Span.ToArray();

    /// <summary>Version of the operators' definitions.</summary>
    public int EngineVersion { get; }

    internal Bytes32 Model { get; }

    internal Bytes32 Graph { get; }

    internal Bytes32 Input { get; }

    internal Bytes32 Output { get; }

    /// <inheritdoc/>
    public bool Equals(InferenceStatement? other) => other is not null && (Version, EngineVersion) == (other.Version, other.EngineVersion)
        && Model.Equals(other.Model) && Graph.Equals(other.Graph) && Input.Equals(other.Input) && Output.Equals(other.Output);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as InferenceStatement);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Model, Graph, Input, Output, EngineVersion, Version);

    internal static bool IsVersion(int version) => version is 1 or CurrentVersion;

    private static Bytes32 Take(ReadOnlySpan<byte> digest, string name) =>
        digest.Length == Bytes32.Size ? new Bytes32(digest) : throw new ArgumentException($"Expected {Bytes32.Size} bytes, got {digest.Length}.", name);
}
