using System.Buffers;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.KeyValue;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.KeyValue;

public sealed class ContractAccessTests
{
    private const ulong ChainId = 4, Gas = 60_000;

    private static readonly L1Address s_outside = new([.. Enumerable.Repeat((byte)8, 20)]);
    private static readonly HashSigner s_alice = new(1);

    private readonly ContractAccess _access = new(ChainId);

    [Fact]
    public void Items_AreFrozen_ReadBack_AndNoOtherBytesDo()
    {
        ContractTransaction transaction = Deployment(3);
        byte[] item = Write(transaction);
        Assert.Equal("dcce359a0e672853ca2deb0c2faf39cddda1cda776f3af9ad16e57221f2963a2", Convert.ToHexStringLower(Hashing.Keccak(item).Span));
        Assert.InRange(_access.MaxSizeOf(transaction) - item.Length, 0, 1_024);
        int read = 0;
        HostileBytes.Feed([item, Write(default)], bytes =>
        {
            if (!_access.TryReadItem(bytes.ToArray(), out ContractTransaction other)) Assert.Equal(default, other);
            else Assert.Equal(bytes.ToArray(), Write(other));
            read++;
        }, count: 2_000);
        Assert.True(_access.TryReadItem(item, out ContractTransaction again));
        Assert.Equal((transaction.Nonce, transaction.Contract, transaction.GasLimit, transaction.Sender), (again.Nonce, again.Contract, again.GasLimit, again.Sender));
        Assert.True(again.Data.Span.SequenceEqual(transaction.Data.Span) && again.Signed.Signature.Span.SequenceEqual(transaction.Signed.Signature.Span));
        Assert.NotEqual(0, read);
    }

    [Fact]
    public void Hashes_BindAllButTheSignature()
    {
        ContractTransaction transaction = Deployment(0);
        ContractTransaction[] others =
        [
            transaction with { Signed = default }, transaction with { Nonce = 1 }, transaction with { GasLimit = 1 }, transaction with { Contract = World.Root(1) }, transaction with { Data = new byte[1] },
            transaction with { Sender = new HashSigner(2).Address },
        ];
        var hashes = new Digest32[others.Length + 1];
        _access.Hash([transaction, .. others], hashes);
        Assert.Equal(others.Length, hashes.Distinct().Count());
        Assert.Equal(hashes[0], hashes[1]);
        Assert.Throws<ArgumentException>(() => _access.Hash(others, new Digest32[1]));
        Assert.Throws<ArgumentException>(() => Write(transaction with { Signed = new Authorization(new byte[1 << 16], default) }));
    }

    /// <summary>The rollup of contracts takes forced transactions and lists as that of payments does.</summary>
    [Fact]
    public void ForcedAndShownTransactions_AreRun()
    {
        var rules = new DerivationRules(ChainId, default, default, 0) { IsListed = true };
        var deriver = new Deriver<ContractTransaction, KeccakTree>(rules, new Contracts<KeccakTree>(ChainId, ResourceUse.Unlimited, new HashVerifier()), _ => new ContractCodec(), _access);
        deriver.Queue(new ForcedItem(0, s_outside, Write(Deployment(0)), 0));
        deriver.Queue(new ForcedItem(1, s_outside, new byte[] { 1, 2 }, 0));
        ReadOnlyMemory<byte>[] items = [Write(Deployment(1)), new byte[] { 3 }, Write(Deployment(1))];
        ExecutedBatch batch = deriver.Execute(new PostedBatch(0, default, SourceKind.Calldata, default, 0, default, 3, 5, 2, 1), items);
        Assert.Equal([TransitionStatus.Applied, TransitionStatus.Malformed, TransitionStatus.Applied, TransitionStatus.Malformed, TransitionStatus.WrongNonce], batch.Statuses.ToArray());
        Assert.Equal((UInt128)0, _access.FeeOf(Deployment(1)));
        Assert.Equal((s_alice.Address, 1UL), (_access.SenderOf(Deployment(1)), _access.NonceOf(Deployment(1))));
    }

    private static ContractTransaction Deployment(ulong nonce) =>
        new ContractTransaction { Sender = s_alice.Address, Nonce = nonce, GasLimit = Gas, Data = new byte[] { (byte)Op.Stop, (byte)nonce } }.Sign(s_alice, ChainId);

    private byte[] Write(in ContractTransaction transaction)
    {
        var output = new ArrayBufferWriter<byte>();
        _access.WriteItem(transaction, output);
        return output.WrittenSpan.ToArray();
    }
}
