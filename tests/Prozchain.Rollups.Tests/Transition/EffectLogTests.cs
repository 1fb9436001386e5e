using System.Security.Cryptography;
using Prozchain.Rollups.Tests.Payments;
using Prozchain.Rollups.Transition;
using Prozchain.Shared;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Transition;

public sealed class EffectLogTests
{
    private static readonly BatchContext s_context = new(0x0102030405060708, 5, 6, 7);

    [Fact]
    public void Leaf_IsKeccakOfTheWordsThatAbiEncodeWrites()
    {
        EffectLog log = Filled(3);
        string withdrawal = Word("01") + Word("0102030405060708") + Word("05") + Word("00") + Word("00000000") + Word("64") + Word(Convert.ToHexString(PaymentWorld.Outside.Span));
        Assert.Equal(new Digest32(Hashing.Keccak(Convert.FromHexString(withdrawal))), log.Leaf(0));
        string payload = Convert.ToHexString(Hashing.Keccak([1]).Span);
        string message = Word("02") + Word("0102030405060708") + Word("05") + Word("01") + Word("01") + Convert.ToHexString(new HashSigner(1).Address.Digest.Span) + Word(Convert.ToHexString(PaymentWorld.Outside.Span)) + payload;
        Assert.Equal(new Digest32(Hashing.Keccak(Convert.FromHexString(message))), log.Leaf(1));
    }

    [Fact]
    public void Prove_OfEveryLeaf_Verifies_AndOfNoOther()
    {
        for (int count = 1; count <= 20; count++)
        {
            EffectLog log = Filled(count);
            Digest32 root = log.ExitRoot();
            for (int i = 0; i < count; i++)
            {
                Digest32[] proof = log.Prove(i);
                Assert.True(EffectLog.Verify(root, i, log.Leaf(i), proof));
                Assert.False(EffectLog.Verify(root, i + 1, log.Leaf(i), proof));
                Assert.False(EffectLog.Verify(root, i + (1 << proof.Length), log.Leaf(i), proof));
                Assert.False(EffectLog.Verify(root, i, World.Root(i), proof));
                if (proof.Length > 0) Assert.False(EffectLog.Verify(root, i, log.Leaf(i), proof.AsSpan(1)));
                Assert.False(EffectLog.Verify(root, i, log.Leaf(i), [.. proof, default]));
            }
            Assert.False(EffectLog.Verify(root, -1, log.Leaf(0), log.Prove(0)));
        }
        Assert.Equal(default, Filled(0).ExitRoot());
    }

    [Fact]
    public void ExitRoot_IsTheTreeOfLeavesFilledUpWithZeros()
    {
        for (int count = 1; count <= 70; count += 3)
        {
            EffectLog log = Filled(count);
            Bytes32[] level = [.. Enumerable.Range(0, count).Select(i => log.Leaf(i).Value)];
            Array.Resize(ref level, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)count));
            while (level.Length > 1) level = [.. Enumerable.Range(0, level.Length / 2).Select(i => Hashing.Keccak([.. level[2 * i].Span, .. level[2 * i + 1].Span]))];
            Assert.Equal(new Digest32(level[0]), log.ExitRoot());
        }
    }

    [Fact]
    public void Revert_LeavesWhatWasThere_AndAllocatesNothing()
    {
        EffectLog log = Filled(7);
        Digest32 before = log.ExitRoot();
        byte[] payload = new byte[100];
        int mark = log.Mark();
        Digest32 root = default;
        AllocationAssert.None(() =>
        {
            log.Send(default, PaymentWorld.Outside, payload);
            log.Withdraw(1, 2, default);
            root = log.ExitRoot();
            log.Revert(mark);
        });
        Assert.NotEqual(before, root);
        Assert.Equal(before, log.ExitRoot());
        Assert.Equal([5], log.Payload(5).ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => log.Revert(8));
    }

    [Fact]
    public void Exits_AreFrozen()
    {
        Digest32 chain = default;
        var all = new List<byte>();
        for (int count = 0; count < 40; count++)
        {
            EffectLog log = Filled(count);
            chain = EffectLog.Append(chain, log.ExitRoot());
            for (int i = 0; i < count; i++) all.AddRange(log.Leaf(i).Span);
            all.AddRange(chain.Span);
        }
        string actual = Convert.ToHexStringLower(SHA256.HashData(all.ToArray()));
        Assert.True(actual == "f726f71a3a25f99bb6e2dce9329a71da85bf69d05f970a3d97c121295c0641e0", actual);
    }

    private static string Word(string hex) => hex.PadLeft(64, '0');

    private static EffectLog Filled(int count)
    {
        var log = new EffectLog();
        log.Begin(s_context);
        for (int i = 0; i < count; i++)
        {
            if (i % 2 == 0) log.Withdraw((uint)i, 100 + (UInt128)i, PaymentWorld.Outside);
            else log.Send(new HashSigner(i).Address, PaymentWorld.Outside, [(byte)i]);
        }
        return log;
    }
}
