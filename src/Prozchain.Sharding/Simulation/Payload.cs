using System.Numerics;

namespace Prozchain.Sharding.Simulation;

/// <summary>Bytes under way, held once however many nodes they go to.</summary>
internal sealed class Payload(int sizeClass)
{
    private readonly byte[] _bytes = new byte[1 << sizeClass];

    public int SizeClass { get; } = sizeClass;

    public int Length { get; set; }

    public int Holders { get; set; }

    public Span<byte> Span => _bytes.AsSpan(0, Length);
}

/// <summary>Payloads by powers of two, each used again when its last holder lets go.</summary>
internal sealed class PayloadPool
{
    private const int SmallestClass = 6;

    private readonly Stack<Payload>[] _free = [.. Enumerable.Range(0, 32).Select(_ => new Stack<Payload>())];

    /// <summary>A copy with one holder.</summary>
    public Payload Rent(ReadOnlySpan<byte> bytes)
    {
        int sizeClass = Math.Max(SmallestClass, BitOperations.Log2((uint)Math.Max(bytes.Length, 1) * 2 - 1));
        if (!_free[sizeClass].TryPop(out Payload? payload)) payload = new Payload(sizeClass);
        payload.Length = bytes.Length;
        payload.Holders = 1;
        bytes.CopyTo(payload.Span);
        return payload;
    }

    public void Release(Payload payload)
    {
        if (--payload.Holders == 0) _free[payload.SizeClass].Push(payload);
    }
}
