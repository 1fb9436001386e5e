using System.Runtime.InteropServices;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Signatures;

/// <summary>
/// The one function that all hashing here is made of: f_k(x), the first k elements of π(x) + x. On sixteen inputs at
/// once, one a lane, or on one. Allocates nothing after construction.
/// </summary>
internal sealed class Compressor<TPermutation> where TPermutation : struct, IPermutation<F>
{
    public const int Lanes = 16, Width = 16;

    private const int CacheLine = 64;

    private readonly F[] _room = GC.AllocateArray<F>(2 * Lanes * Width + CacheLine / sizeof(uint), pinned: true);
    private readonly int _start;

    public Compressor()
    {
        if (TPermutation.Width != Width) throw new NotSupportedException($"Expected a permutation of width {Width}, got {TPermutation.Width}.");
        // The kernels' vectors are best on cache lines.
        _start = (int)((0 - (nuint)Marshal.UnsafeAddrOfPinnedArrayElement(_room, 0)) % CacheLine / sizeof(uint));
    }

    private Span<F> Input => _room.AsSpan(_start, Lanes * Width);

    /// <summary>The inputs' element i, one a lane, and those after it. They stay until they are written anew.</summary>
    public Span<F> From(int element) => Input[(Lanes * element)..];

    /// <summary>f_k of the inputs, row by row, until the next run.</summary>
    public ReadOnlySpan<F> Run(int kept) => Run(0, kept);

    /// <summary>Elements of π(x) + x from one on, row by row, until the next run.</summary>
    public ReadOnlySpan<F> Run(int from, int kept)
    {
        Span<F> input = Input, tile = _room.AsSpan(_start + Lanes * Width, Lanes * Width);
        input.CopyTo(tile);
        TPermutation.PermuteTile(tile);
        Span<F> output = tile.Slice(Lanes * from, Lanes * kept);
        FieldSpans.Add(output, input.Slice(Lanes * from, output.Length), output);
        return output;
    }

    public void Clear() => Array.Clear(_room);

    /// <summary>f_k of one input of 16 elements.</summary>
    public static void One(ReadOnlySpan<F> input, Span<F> output)
    {
        Span<F> state = stackalloc F[Width];
        input.CopyTo(state);
        TPermutation.Permute(state);
        for (int i = 0; i < output.Length; i++) output[i] = state[i] + input[i];
    }
}
