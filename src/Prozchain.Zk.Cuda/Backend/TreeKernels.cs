using System.Numerics;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Merkle;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>The kernels that hash as a tree's host type does, of one signature for all hashes: Kernels/tree.cuh.</summary>
/// <param name="Rows">Rows to digests.</param>
/// <param name="Level">A level of nodes from their children.</param>
/// <param name="Top">The levels of few nodes.</param>
/// <param name="Step">Columns that a row which comes in pieces is cut at multiples of.</param>
internal sealed record TreeKernels(KernelName Rows, KernelName Level, KernelName Top, int Step)
{
    // BLAKE3 keeps the chaining values of subtrees, however the row comes; a chunk is a step.
    private const int ChainingWords = 8;

    /// <summary>What the kernel of rows takes as its last argument; null for none.</summary>
    public uint[]? RowConstants { get; private init; }

    /// <summary>What the kernels of nodes take as their last argument; null for none.</summary>
    public uint[]? NodeConstants { get; private init; }

    // Words of the state between pieces; 0 for BLAKE3.
    private int PieceWords { get; init; }

    /// <exception cref="NotSupportedException">There are no kernels for the tree.</exception>
    public static TreeKernels Of<TField, TTree>()
        where TField : unmanaged, IField<TField>
    {
        string prefix = KernelPrefix.Of<TField>();
        if (typeof(TTree) == typeof(ByteMatrixHash<TField, Keccak256>)) return OfBytes("keccak", step: 34, pieceWords: 50);
        if (typeof(TTree) == typeof(ByteMatrixHash<TField, Sha256>)) return OfBytes("sha256", step: 16, pieceWords: 8);
        if (typeof(TTree) == typeof(ByteMatrixHash<TField, Blake3>)) return OfBytes("blake3", step: 256, pieceWords: 0);
        return OfSponge<KoalaBear, TTree>(prefix) ?? OfSponge<BabyBear, TTree>(prefix)
            ?? throw new NotSupportedException($"Expected a tree of Keccak-256, SHA-256, BLAKE3 or Poseidon of widths 24 and 16, got {typeof(TTree)}: there are no kernels for it.");

        TreeKernels OfBytes(string hash, int step, int pieceWords) =>
            new(new(hash, $"{prefix}_{hash}_rows"), new(hash, $"{hash}_level"), new(hash, $"{hash}_top"), step) { PieceWords = pieceWords };
    }

    /// <summary>Words of memory for each row while it is hashed.</summary>
    /// <param name="width">Elements of a row.</param>
    /// <param name="isWhole">Whether it comes in one piece.</param>
    public int StateWords(long width, bool isWhole) =>
        PieceWords != 0 ? isWhole ? 0 : PieceWords : ChainingWords * (32 - BitOperations.LeadingZeroCount((uint)((width - 1) / Step)));

    private static TreeKernels? OfSponge<TParameters, TTree>(string prefix)
        where TParameters : struct, IField31Parameters
    {
        if (typeof(TTree) == typeof(SpongeMatrixHash<TParameters, Poseidon2Width24<TParameters>, Poseidon2Width16<TParameters>>))
            return Named("poseidon2", Poseidon2Table<TParameters>.Rows, Poseidon2Table<TParameters>.Nodes);
        if (typeof(TTree) == typeof(SpongeMatrixHash<TParameters, Poseidon1Width24<TParameters>, Poseidon1Width16<TParameters>>))
            return Named("poseidon1", Poseidon1Table<TParameters>.Rows, Poseidon1Table<TParameters>.Nodes);
        return null;

        TreeKernels Named(string hash, uint[] rows, uint[] nodes) =>
            new(new(hash, $"{prefix}_{hash}_rows"), new(hash, $"{prefix}_{hash}_level"), new(hash, $"{prefix}_{hash}_top"), Step: 16)
            {
                PieceWords = 24,
                RowConstants = rows,
                NodeConstants = nodes,
            };
    }
}
