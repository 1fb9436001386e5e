namespace Prozchain.AI.Tests.Cache;

/// <summary>A value that says whether it is disposed, and fails when that happens twice.</summary>
internal sealed class CachedValue(int number, long size) : IDisposable
{
    private int _disposals;

    public int Number => number;

    public long Size => size;

    public bool IsDisposed => Volatile.Read(ref _disposals) > 0;

    public void Dispose() => Assert.Equal(1, Interlocked.Increment(ref _disposals));

    public static byte[] Id(int number) => [.. BitConverter.GetBytes(number), .. new byte[28]];
}
