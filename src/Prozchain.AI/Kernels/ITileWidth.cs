namespace Prozchain.AI.Kernels;

/// <summary>How much of a tile is computed: both vectors of its columns, or the first.</summary>
internal interface ITileWidth
{
    static abstract bool IsWhole { get; }

    readonly struct Whole : ITileWidth
    {
        public static bool IsWhole => true;
    }

    readonly struct Half : ITileWidth
    {
        public static bool IsWhole => false;
    }
}
