using System.Buffers;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Tests.Support;

/// <summary>Wallets of small networks for tests.</summary>
internal static class TestNetwork
{
    public const ulong ChainId = 7;

    private static readonly TestSigner[] s_signers = [.. Enumerable.Range(0, 512).Select(i => new TestSigner(i))];

    public static TestSigner Wallet(int index) => s_signers[index];

    public static Address AddressOf(int index) => Address.FromPublicKey(s_signers[index].PublicKey.Span);

    /// <summary>The first wallet, from an index on, whose account lives on a shard.</summary>
    public static int WalletOn(ShardLayout layout, int shard, int from = 0)
    {
        while (layout.ShardOf(AddressOf(from)) != layout.Shards[shard].Id) from++;
        return from;
    }

    public static byte[] Encode(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>What blocks leave beside the cells, of parts that are nothing in particular.</summary>
    public static MachineState State()
    {
        byte[] layout = Encode(ShardLayout.Create(1).Write);
        Assert.Equal(ReadResult.Ok, MachineState.TryRead([0, 1, 7, 1, 8, 1, 9, checked((byte)layout.Length), .. layout], out MachineState? state));
        return state!;
    }

    public static Digest Key(int seed) => new(System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(seed)));
}
