using System.Buffers;

namespace Prozchain.DataAvailability.Coding;

/// <summary>Pooled working memory of one call.</summary>
internal readonly ref struct CodingScratch : IDisposable
{
    private const int Line = 64;

    // Half of the second-level cache of common machines: all rows of a pass stay there.
    private const int Cached = 1 << 19;

    // The longest vectors need the least; with more than the most, few rows of a pass fit into the first-level cache.
    private const int LeastPitch = 128, MostPitch = 1024;

    private readonly byte[] _memory;

    /// <summary>Rents room for both, and for <see cref="Align"/>.</summary>
    public CodingScratch(int factorBytes, nint workBytes) => _memory = ArrayPool<byte>.Shared.Rent((int)(workBytes + factorBytes + Line));

    public Span<byte> Memory => _memory;

    /// <summary>How many bytes of every shard to take at once.</summary>
    public static nint Pitch(int rows, int size, nint length)
    {
        nint pitch = Math.Clamp(Cached / rows & -LeastPitch, LeastPitch, MostPitch);
        return Math.Min(Math.Max(pitch, size), length);
    }

    /// <summary>The first whole cache line.</summary>
    public static unsafe byte* Align(byte* memory) => memory + (-(nint)memory & (Line - 1));

    public void Dispose() => ArrayPool<byte>.Shared.Return(_memory);
}
