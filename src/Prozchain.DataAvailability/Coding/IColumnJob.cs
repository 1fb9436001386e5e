namespace Prozchain.DataAvailability.Coding;

/// <summary>Work on the same bytes of every shard, once the lanes are chosen.</summary>
internal interface IColumnJob
{
    /// <summary>Works on <paramref name="length"/> bytes from <paramref name="column"/> of every shard.</summary>
    /// <param name="length">A multiple of <c>T.Size</c>.</param>
    void Run<T, TFactor>(nint column, nint length)
        where T : unmanaged, ISymbolLanes<T, TFactor>
        where TFactor : unmanaged;
}
