namespace Prozchain.Shared;

/// <summary>Zeroed words that begin on a cache line and do not move for as long as this lives.</summary>
internal readonly unsafe struct PinnedWords
{
    private const int Line = 64;

    private readonly ulong[] _array;

    public PinnedWords(int length)
    {
        _array = GC.AllocateArray<ulong>(length + Line / sizeof(ulong), pinned: true);
        var start = (nuint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref _array[0]);
        Start = (ulong*)((start + Line - 1) & ~(nuint)(Line - 1));
        Length = length;
    }

    public ulong* Start { get; }

    public int Length { get; }

    public Span<ulong> Span => new(Start, Length);
}
