using System.Buffers.Binary;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Rollups.Zk.Tests.State;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Fields;
using Permutation = Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Circuit;

/// <summary>What the state's tables hash is what the native page hashes, byte for byte.</summary>
public sealed class StateDigestTests
{
    private readonly CompressionAsks<Poseidon2Cells<KoalaBear>> _asks = new();
    private readonly uint[] _asked = new uint[1 << 15];

    [Fact]
    public void Cells_AreHashedAsBytes()
    {
        UInt128 wide = (UInt128.One << 120) - 1, odd = UInt128.Parse("1234567890123456789012345678901234567");
        CellWriter<Poseidon2Cells<KoalaBear>> writer = new(5, _asks);
        Token count = writer.WriteCount(70_000, (1 << 30) - 1, _asked);
        AssertToken(count, NaiveTree<Permutation>.Hash(0x26, []), BitConverter.GetBytes(70_000ul), BitConverter.GetBytes((1ul << 30) - 1));

        foreach ((uint account, uint token) in new[] { (0u, 1u), (0x3FFFFFFFu, 0x7FFFu), (0x01020304u, 0x0506u) })
        {
            Token balance = writer.Write(new(CellName.Balance(account, token), new(0), new(odd, Version: 1), 1), _asked);
            byte[] name = [4, .. new byte[32], .. BitConverter.GetBytes(token)];
            BinaryPrimitives.WriteUInt32BigEndian(name.AsSpan(1), account);
            AssertToken(balance, NaiveTree<Permutation>.Hash(0x21, name), null, Amount(odd));
        }
        Token supply = writer.Write(new(CellName.Supply(7), new(odd, Version: 1), new(wide, Version: 1), 1), _asked);
        AssertToken(supply, NaiveTree<Permutation>.Hash(0x23, [7, 0, 0, 0]), Amount(odd), Amount(wide));
    }

    [Fact]
    public void Entries_AreHashedAsBytes()
    {
        Eight key = Eight.Of(F.One, -F.One, F.FromUInt32(0x01020304), F.FromUInt32(0x7E060708), F.Zero, F.FromUInt32(0x00FFFFFF), F.FromUInt32(77), -F.FromUInt32(2));
        var tokens = new Token[2];
        Trace<F> trace = DirectoryWriter<Poseidon2Cells<KoalaBear>>.Generate([new(key, 0x3F020304, false, 1), new(key, 9, true, 0)], tokens, _asks, _asked);
        byte[] name = NaiveTree<Permutation>.Hash(0x20, [3, .. KeyBytes(key)]);
        AssertToken(tokens[0], name, BitConverter.GetBytes(0x3F020304), BitConverter.GetBytes(0x3F020304));
        AssertToken(tokens[1], name, null, BitConverter.GetBytes(9));

        // 5 + p, whose highest byte is 127: another name of the same key.
        int word = DirectoryColumns.Bytes + 4 * 0;
        foreach ((int i, byte part) in BitConverter.GetBytes(KoalaBear.Modulus + 1).Index()) trace[word + i, 0] = F.FromUInt32(part);
        (trace[DirectoryColumns.IsTop, 0], trace[DirectoryColumns.TopInverse, 0]) = (F.One, F.Zero);
        Assert.Contains(new TraceChecker<F>(64).Add(new DirectoryAir(), trace).Faults(), fault => fault.Constraint == "top[3]");
        trace[DirectoryColumns.IsTop, 0] = F.Zero;
        Assert.Contains(new TraceChecker<F>(64).Add(new DirectoryAir(), trace).Faults(), fault => fault.Constraint == "top[1]");
    }

    [Fact]
    public void Records_AreHashedAsBytes()
    {
        Eight before = Eight.Of(F.FromUInt32(5), -F.One), after = Eight.Of(-F.FromUInt32(3));
        UInt128 balance = UInt128.Parse("987654321098765432109876543210987654");
        const uint number = 0x12345678;
        CellState start = new(balance, (7ul << 30) + 5, 19), end = new(balance / 3, (1ul << 60) - 1, 0, 1);
        var tokens = new Token[2];
        LedgerCell cell = new(CellName.Account(number), start, end, 9), made = new(CellName.Account(3), default, end, 9);
        AccountWriter<Poseidon2Cells<KoalaBear>>.Generate([new(cell, false, before, after, 1), new(made, true, before, after, 1)], 2, tokens, _asked);
        Assert.Equal((Digest(2, Record(number, before, start)), Digest(2, Record(number, after, end))), (tokens[0].Before, tokens[0].After));
        Assert.Equal((default, Digest(2, Record(3, after, end))), (tokens[1].Before, tokens[1].After));
    }

    private static void AssertToken(Token token, byte[] key, byte[]? before, byte[] after)
    {
        Eight start = before is null ? default : Leaf(before), end = Leaf(after);
        Assert.Equal(new Token(Words(key), 0, start, end), token);

        Eight Leaf(byte[] value) => Digest(0, [.. key, .. NaiveTree<Permutation>.Hash(2, value)]);
    }

    private static Eight Digest(byte domain, byte[] message) => Words(NaiveTree<Permutation>.Hash(domain, message));

    // Big-endian words, without the bit that marks a hashed key.
    private static Eight Words(byte[] digest) => Eight.Of([.. digest.Chunk(4).Select(word => F.FromUInt32(BinaryPrimitives.ReadUInt32BigEndian(word) & 0x7FFFFFFF))]);

    private static byte[] Record(uint number, Eight key, CellState state) =>
        [.. BitConverter.GetBytes(number), .. KeyBytes(key), .. BitConverter.GetBytes(state.Nonce), .. BitConverter.GetBytes(state.Next), .. Amount(state.Value)];

    private static byte[] KeyBytes(Eight key) => [.. key.ToArray().SelectMany(word => BitConverter.GetBytes(word.ToUInt32()))];

    private static byte[] Amount(UInt128 value) => [.. BitConverter.GetBytes((ulong)value), .. BitConverter.GetBytes((ulong)(value >> 64))];
}
