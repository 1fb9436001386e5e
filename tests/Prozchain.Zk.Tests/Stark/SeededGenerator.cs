using System.Security.Cryptography;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>Bytes from a seed, for tests: a stream of SHA-256.</summary>
internal sealed class SeededGenerator(int seed) : RandomNumberGenerator
{
    private ulong _block;

    public override void GetBytes(byte[] data) => GetBytes(data.AsSpan());

    public override void GetBytes(Span<byte> data)
    {
        byte[] input = new byte[12], block = new byte[32];
        BitConverter.TryWriteBytes(input, seed);
        for (; !data.IsEmpty; data = data[Math.Min(32, data.Length)..])
        {
            BitConverter.TryWriteBytes(input.AsSpan(4), _block++);
            SHA256.HashData(input, block);
            block.AsSpan(0, Math.Min(32, data.Length)).CopyTo(data);
        }
    }
}
