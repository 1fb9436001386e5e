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
    private const int DigestWords = 8;

    /// <summary>Words that a row's state has between pieces, if that does not depend on its width.</summary>
    private int FixedStateWords { get; init; }

    /// <exception cref="NotSupportedException">There are no kernels for the tree.</exception>
    public static TreeKernels Of<TField, TTree>()
        where TField : unmanaged, IField<TField>
    {
        string prefix = KernelPrefix.Of<TField>();
        if (typeof(TTree) == typeof(ByteMatrixHash<TField, Keccak256>)) return OfBytes("keccak", step: 34, stateWords: 50);
        throw new NotSupportedException($"Expected a tree of Keccak-256, got {typeof(TTree)}: there are no kernels for it.");

        TreeKernels OfBytes(string hash, int step, int stateWords) =>
            new(new(hash, $"{prefix}_{hash}_rows"), new(hash, $"{hash}_level"), new(hash, $"{hash}_top"), step) { FixedStateWords = stateWords };
    }

    /// <summary>Words of memory for each row while it is hashed.</summary>
    /// <param name="width">Elements of a row.</param>
    /// <param name="isWhole">Whether it comes in one piece.</param>
    public int StateWords(long width, bool isWhole) => isWhole ? 0 : FixedStateWords;
}
