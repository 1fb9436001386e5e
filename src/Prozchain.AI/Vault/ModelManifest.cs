using System.Buffers;
using System.Text;
using Prozchain.AI.Formats;
using Prozchain.AI.Ports;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>
/// What a stored model is and how to get it back (docs/formats/ai-manifest.md, versions 1 and 2): its parts with the digest of every
/// leaf, its tensors, where its pieces are. About 40 kB per GB of model. Immutable; made by a completed store or a checked read.
/// </summary>
public sealed class ModelManifest
{
    /// <summary>Longest name of a model, in UTF-8 bytes.</summary>
    public const int MaxNameBytes = 255;

    private readonly byte[] _encoded;
    private readonly Bytes32[] _partLeaves, _stripeLeaves;
    private readonly int[]?[] _places;
    private readonly Bytes32 _modelRoot, _auditRoot, _id;

    internal ModelManifest(ManifestContent content)
    {
        Content = content;
        Geometry = new VaultGeometry(content);
        byte[] table = ManifestWriter.EncodeTensors(content);
        Terms = new ModelTerms(
            content.RawSize, content.Format, content.LeafSize, (byte)content.DataPieces, content.Parts.Count, VaultHash.TensorTable(table));
        AuditTerms = new AuditTerms(Geometry.Stripes.Length, (byte)content.DataPieces, (byte)content.ParityPieces, content.Table.Id);
        _partLeaves = [.. content.Parts.Select(p => VaultHash.Part(p.Offset, p.Length, p.LeafRoot))];
        _places = new int[]?[Geometry.Stripes.Length];
        _stripeLeaves = new Bytes32[Geometry.Stripes.Length];
        for (int i = 0; i < _stripeLeaves.Length; i++) _stripeLeaves[i] = VaultHash.Stripe(Geometry.Stripes[i].PieceRoot, Geometry.Stripes[i].PieceLength);
        _modelRoot = VaultHash.ModelRoot(Terms, MerkleTree<ModelTree>.Root(_partLeaves));
        _auditRoot = VaultHash.AuditRoot(AuditTerms, MerkleTree<AuditTree>.Root(_stripeLeaves));
        _encoded = ManifestWriter.Encode(content, table, _modelRoot, _auditRoot);
        _id = VaultHash.Manifest(_encoded);
    }

    /// <summary>The model's name, 1 to 255 bytes of UTF-8.</summary>
    public string Name => Content.Name;

    /// <summary>What the file is.</summary>
    public ModelFormat Format => Content.Format;

    /// <summary>Sizes and counts.</summary>
    public VaultGeometry Geometry { get; }

    /// <summary>The shards over which the pieces are spread.</summary>
    public ShardTable Table => Content.Table;

    /// <summary>The tensors in the order of their bytes; empty for opaque bytes.</summary>
    public IReadOnlyList<TensorInfo> Tensors => Content.Tensors;

    /// <summary>
    /// Model roots of the models without whose tensors this one cannot be decoded; empty for most. What is needed of them stands in
    /// this manifest and is kept with this model, whatever becomes of them.
    /// </summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Bases => [.. Content.Bases.Select(b => (ReadOnlyMemory<byte>)b.Span.ToArray())];

    /// <summary>Commits to the decoded bytes, leaf by leaf, and to the tensors by name and place, 32 bytes.</summary>
    public ReadOnlyMemory<byte> ModelRoot => _modelRoot.Span.ToArray();

    /// <summary>Commits to the stored bytes, piece by piece, and to their placement, 32 bytes.</summary>
    public ReadOnlyMemory<byte> AuditRoot => _auditRoot.Span.ToArray();

    /// <summary>Commits to the manifest itself, the name included, 32 bytes: what a registry keeps.</summary>
    public ReadOnlyMemory<byte> Id => _id.Span.ToArray();

    internal ManifestContent Content { get; }

    internal ModelTerms Terms { get; }

    internal AuditTerms AuditTerms { get; }

    internal ref readonly Bytes32 Model => ref _modelRoot;

    internal ref readonly Bytes32 Audit => ref _auditRoot;

    internal ref readonly Bytes32 Key => ref _id;

    /// <summary>The parts as leaves of the model's tree.</summary>
    internal ReadOnlySpan<Bytes32> PartLeaves => _partLeaves;

    /// <summary>The stripes as leaves of the audit tree.</summary>
    internal ReadOnlySpan<Bytes32> StripeLeaves => _stripeLeaves;

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

    /// <summary>The id of a tensor: commits to its type, shape and content, and is the same in every model of this leaf size and k.</summary>
    /// <param name="tensor">Index into <see cref="Tensors"/>.</param>
    /// <returns>32 bytes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">No such tensor.</exception>
    public ReadOnlyMemory<byte> TensorId(int tensor)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tensor);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(tensor, Tensors.Count);
        TensorInfo info = Tensors[tensor];
        return VaultHash.Tensor(info.Type, info.Shape.AsSpan(), TensorRoot(tensor)).Span.ToArray();
    }

    /// <summary>Whether those bytes are that tensor, by its id alone.</summary>
    /// <param name="tensor">Index into <see cref="Tensors"/>.</param>
    /// <param name="bytes">All bytes of a tensor.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such tensor.</exception>
    public bool VerifyTensor(int tensor, ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tensor);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(tensor, Tensors.Count);
        return bytes.Length == Tensors[tensor].Length && TensorDigest.Root(bytes, Content.LeafSize, Content.DataPieces).Equals(TensorRoot(tensor));
    }

    /// <summary>Whether a model is one of the bases, and has what this manifest says is of it.</summary>
    /// <param name="model">The manifest of a model, wherever that is placed now.</param>
    public bool IsBasedOn(ModelManifest model)
    {
        ArgumentNullException.ThrowIfNull(model);
        for (int i = 0; i < Content.Bases.Count; i++)
        {
            if (!Content.Bases[i].Equals(model.Model)) continue;
            var known = model.Content.Parts.SelectMany(p => p.Stripes).Select(s => (s.Base ?? s).LeafRoot).ToHashSet();
            return Content.Parts.Where(p => p.Base == i).SelectMany(p => p.Stripes).All(s => s.Base is null || known.Contains(s.Base.LeafRoot));
        }
        return false;
    }

    /// <summary>By what a catalogue knows a stripe of this model, or of a base of it.</summary>
    internal Bytes32 IdentityOf(StoredStripe stripe) =>
        VaultHash.Identity(stripe, Content.DataPieces, Content.ParityPieces, Content.KeptPieces, Content.Table.Id);

    /// <summary>Of which base, and for what of this model, a stripe is; null for the model's own.</summary>
    internal NeededBase? BaseAt(int stripe)
    {
        if (stripe < Geometry.StripeCount) return null;
        int derived = Geometry.DerivedOf(stripe);
        ModelPart part = Content.Parts[StripePlace.PartOf(this, derived)];
        TensorInfo? tensor = Tensors.FirstOrDefault(t => t.Offset == part.Offset && t.Length == part.Length);
        return new NeededBase(Content.Bases[part.Base].Span.ToArray(), tensor?.Name, derived);
    }

    /// <summary>The key of a piece.</summary>
    /// <param name="stripe">Its stripe.</param>
    /// <param name="piece">Its index within the stripe, data pieces first.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such piece.</exception>
    public PieceKey KeyOf(int stripe, int piece)
    {
        CheckPiece(piece);
        return new PieceKey(Geometry.Stripe(stripe).PieceRoot.Span, piece);
    }

    /// <summary>Which store has a piece: the table places the stripe.</summary>
    /// <param name="stripe">Its stripe.</param>
    /// <param name="piece">Its index within the stripe.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such piece.</exception>
    public int StoreOf(int stripe, int piece)
    {
        CheckPiece(piece);
        Geometry.Stripe(stripe);
        return Places(stripe)[piece];
    }

    /// <summary>The shard of each piece of a stripe, kept once it was asked for.</summary>
    internal ReadOnlySpan<int> Places(int stripe)
    {
        if (Volatile.Read(ref _places[stripe]) is { } known) return known;
        var places = new int[Geometry.TotalPieces];
        Table.Place(Geometry.Stripes[stripe].PieceRoot.Span, places);
        Volatile.Write(ref _places[stripe], places);
        return places;
    }

    internal static void CheckName(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        int bytes = Encoding.UTF8.GetByteCount(name);
        if (bytes > MaxNameBytes) throw new ArgumentException($"Expected a name of at most {MaxNameBytes} bytes, got {bytes}.", nameof(name));
        if (Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name)) != name)
            throw new ArgumentException("Expected a name that is text, got half a surrogate pair.", nameof(name));
    }

    private Bytes32 TensorRoot(int tensor)
    {
        ModelPart?[] parts = ManifestContent.Match(Content.Parts, Tensors);
        return parts[tensor] is { } part ? part.LeafRoot : Content.SmallRoots[parts.Take(tensor).Count(p => p is null)];
    }

    private void CheckPiece(int piece)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(piece);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(piece, Geometry.TotalPieces);
    }
}
