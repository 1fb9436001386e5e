using System.Buffers;
using System.Text;
using Prozchain.AI.Formats;
using Prozchain.AI.Ports;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>
/// What a stored model is and how to get it back (docs/formats/ai-manifest.md, version 0). 64 bytes a stripe, so about 4 kB
/// per GB of model, plus its tensors. Immutable; made by a completed store or by a checked read.
/// </summary>
public sealed class ModelManifest
{
    /// <summary>Longest name of a model, in UTF-8 bytes.</summary>
    public const int MaxNameBytes = 255;

    /// <summary>Most stores that a model can be spread over.</summary>
    public const int MaxStores = 65_535;

    private readonly byte[] _encoded;
    private readonly Bytes32[] _leafRoots, _pieceRoots;
    private readonly Bytes32 _digest, _modelRoot, _auditRoot, _id;

    internal ModelManifest(ManifestContent content, in Bytes32 modelRoot, in Bytes32 auditRoot)
    {
        Name = content.Name;
        Format = content.Format;
        Geometry = content.Geometry;
        StoreCount = content.StoreCount;
        Tensors = content.Tensors;
        DataOffset = content.DataOffset;
        _leafRoots = content.LeafRoots;
        _pieceRoots = content.PieceRoots;
        _digest = content.Digest;
        (_modelRoot, _auditRoot) = (modelRoot, auditRoot);
        _encoded = ManifestWriter.Encode(content, modelRoot, auditRoot);
        _id = VaultHash.Manifest(_encoded);
    }

    /// <summary>The model's name, 1 to 255 bytes of UTF-8.</summary>
    public string Name { get; }

    /// <summary>What the file is.</summary>
    public ModelFormat Format { get; }

    /// <summary>Sizes and counts.</summary>
    public VaultGeometry Geometry { get; }

    /// <summary>Over how many stores the pieces are spread.</summary>
    public int StoreCount { get; }

    /// <summary>The tensors in the order of their bytes; empty for opaque bytes.</summary>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>BLAKE3 of the whole file, 32 bytes.</summary>
    public ReadOnlyMemory<byte> Digest => _digest.Span.ToArray();

    /// <summary>Commits to the decoded bytes, leaf by leaf, 32 bytes.</summary>
    public ReadOnlyMemory<byte> ModelRoot => _modelRoot.Span.ToArray();

    /// <summary>Commits to the stored bytes, piece by piece, 32 bytes.</summary>
    public ReadOnlyMemory<byte> AuditRoot => _auditRoot.Span.ToArray();

    /// <summary>Commits to the manifest itself, the name included, 32 bytes: what a registry keeps.</summary>
    public ReadOnlyMemory<byte> Id => _id.Span.ToArray();

    internal long DataOffset { get; }

    internal ReadOnlySpan<Bytes32> LeafRoots => _leafRoots;

    internal ReadOnlySpan<Bytes32> PieceRoots => _pieceRoots;

    internal ref readonly Bytes32 FileDigest => ref _digest;

    /// <summary>Reads a manifest. Never throws on hostile bytes; every root is recomputed.</summary>
    /// <param name="bytes">A whole encoding, nothing more.</param>
    /// <param name="manifest">The manifest, or null.</param>
    public static VaultFormatStatus TryRead(ReadOnlySpan<byte> bytes, out ModelManifest? manifest) =>
        ManifestReader.TryRead(bytes, out manifest);

    /// <summary>Writes the one encoding of this manifest.</summary>
    /// <param name="output">Receives it.</param>
    public void Write(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.Write(_encoded);
    }

    /// <summary>The key of a piece.</summary>
    /// <param name="stripe">Its stripe.</param>
    /// <param name="piece">Its index within the stripe, data pieces first.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such piece.</exception>
    public PieceKey KeyOf(int stripe, int piece)
    {
        CheckPiece(stripe, piece);
        return new PieceKey(_pieceRoots[stripe].Span, piece);
    }

    /// <summary>Which store has a piece: the pieces of stripe s start at store s and go round.</summary>
    /// <param name="stripe">Its stripe.</param>
    /// <param name="piece">Its index within the stripe.</param>
    /// <returns>0 to the count of stores less one.</returns>
    /// <exception cref="ArgumentOutOfRangeException">No such piece.</exception>
    public int StoreOf(int stripe, int piece)
    {
        CheckPiece(stripe, piece);
        return Place(stripe, piece, StoreCount);
    }

    internal static int Place(int stripe, int piece, int storeCount) => (int)(((long)stripe + piece) % storeCount);

    internal static void CheckName(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        int bytes = Encoding.UTF8.GetByteCount(name);
        if (bytes > MaxNameBytes) throw new ArgumentException($"Expected a name of at most {MaxNameBytes} bytes, got {bytes}.", nameof(name));
        if (Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name)) != name)
            throw new ArgumentException("Expected a name that is text, got half a surrogate pair.", nameof(name));
    }

    private void CheckPiece(int stripe, int piece)
    {
        Geometry.CheckStripe(stripe);
        ArgumentOutOfRangeException.ThrowIfNegative(piece);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(piece, Geometry.TotalPieces);
    }
}
