using System.Security.Cryptography;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>The same bytes each time: for proofs that are to be compared, which so hide nothing.</summary>
internal sealed class SeededGenerator : RandomNumberGenerator
{
    private readonly Random _random = new(7);

    public override void GetBytes(byte[] data) => _random.NextBytes(data);

    public override void GetBytes(Span<byte> data) => _random.NextBytes(data);
}
