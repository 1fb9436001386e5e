using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Sharding.Wire;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Execution;

public class TransferTransitionTests
{
    private const string Frozen = "d15959e2bc9049892cdda79ec1d5c22a11b0faf3f46d9abbdc34168c034d7bbf";

    private static readonly int[] s_local = TestShard.Wallets(local: true, 20), s_foreign = TestShard.Wallets(local: false, 10);

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 3)]
    public void Execute_RandomTransfers_EqualsAPlainBank(int threads, int disorder)
    {
        for (int seed = 1; seed <= 10; seed++)
        {
            var random = new Random(seed);
            var shard = new TestShard();
            shard.Fund(s_local, 100);
            var bank = s_local.Concat(s_foreign).ToDictionary(i => TestNetwork.AddressOf(i).Digest, i => new Account(0, s_local.Contains(i) ? 100UL : 0));
            using var executor = new MicroBlockExecutor<TransferTransition>(default, maxDegreeOfParallelism: threads) { Disorder = disorder };
            for (ulong height = 1; height <= 4; height++)
            {
                var transactions = new List<byte[]>();
                var expected = new List<byte>();
                for (int i = 0; i < 150; i++)
                {
                    int from = s_local[random.Next(s_local.Length)], to = random.Next(3) == 0 ? s_foreign[random.Next(10)] : s_local[random.Next(s_local.Length)];
                    Digest sender = TestNetwork.AddressOf(from).Digest, recipient = TestNetwork.AddressOf(to).Digest;
                    ulong nonce = bank[sender].Nonce + (random.Next(10) == 0 ? (ulong)random.Next(3) : 0), amount = (ulong)random.Next(40);
                    transactions.Add(TestShard.Pay(TestNetwork.Wallet(from), TestNetwork.AddressOf(to), amount, nonce));
                    expected.Add(Apply(bank, sender, recipient, amount, nonce));
                }
                Assert.True(executor.Execute(TestShard.Block(height), TestShard.Body(transactions), shard.State).IsOk);
                Assert.Equal(expected, Enumerable.Range(0, 150).Select(executor.Outcome.Status));
                shard.Commit(executor.Outcome);
                foreach (OutboundReceipts sent in executor.Outcome.Outbound)
                {
                    ulong sum = 0;
                    var list = new ReceiptList(sent.Receipts.Span);
                    while (list.MoveNext()) sum += BitConverter.ToUInt64(list.Payload);
                    Assert.Equal(sent.Value, sum);
                }
            }
            foreach (int wallet in s_local) Assert.Equal((seed, bank[TestNetwork.AddressOf(wallet).Digest]), (seed, shard.AccountOf(TestNetwork.AddressOf(wallet).Digest)));
        }
    }

    [Fact]
    public void Execute_SameTransferTwice_MovesOnce()
    {
        var shard = new TestShard();
        shard.Fund(s_local, 100);
        byte[] pay = TestShard.Pay(TestNetwork.Wallet(s_local[0]), TestNetwork.AddressOf(s_local[1]), 60, 0);
        using var executor = new MicroBlockExecutor<TransferTransition>(default);
        Assert.True(executor.Execute(TestShard.Block(), TestShard.Body([pay, pay]), shard.State).IsOk);
        Assert.Equal([TransactionStatus.Applied, TransferTransition.WrongNonce], new[] { executor.Outcome.Status(0), executor.Outcome.Status(1) });
        shard.Commit(executor.Outcome);
        Assert.True(executor.Execute(TestShard.Block(2), TestShard.Body([pay]), shard.State).IsOk);
        Assert.Equal(TransferTransition.WrongNonce, executor.Outcome.Status(0));
        Assert.Equal(0, executor.Outcome.Writes.Length);
        Assert.Equal(new Account(1, 40), shard.AccountOf(TestNetwork.AddressOf(s_local[0]).Digest));
    }

    [Fact]
    public void Execute_BothSchemes_AndCreditsComeFirst()
    {
        var shard = new TestShard();
        int seed = 0;
        EdwardsTestSigner signer;
        Address sender;
        do
        {
            signer = new EdwardsTestSigner(seed++);
            sender = Address.FromPublicKey(signer.PublicKey.Span);
        }
        while (!TestShard.Info.Contains(sender.Digest));
        byte[] pay = TestShard.Pay(signer, TestNetwork.AddressOf(s_foreign[0]), 7, 0);
        Assert.Equal(164, pay.Length);
        MicroBlockBody body = TestShard.Body([pay], builder => builder.AddBundle([], [.. TestShard.Receipt(sender.Digest, BitConverter.GetBytes(10UL)), .. TestShard.Receipt(TestNetwork.AddressOf(s_foreign[1]).Digest, BitConverter.GetBytes(5UL))]));
        using var executor = new MicroBlockExecutor<TransferTransition>(default);
        Assert.True(executor.Execute(TestShard.Block(), body, shard.State).IsOk);
        Assert.Equal(TransactionStatus.Applied, executor.Outcome.Status(0));
        Assert.Equal(1, executor.Outcome.Counters.ReceiptsIn);
        Assert.Equal(7UL, executor.Outcome.Outbound.Single().Value);
        Assert.Equal(32 + 16, executor.Outcome.Counters.StateBytes);
        shard.Commit(executor.Outcome);
        Assert.Equal(new Account(1, 3), shard.AccountOf(sender.Digest));
    }

    [Fact]
    public void Execute_TransactionThatNoBlockMayHold_NamesTheFirst()
    {
        var shard = new TestShard();
        ISigner local = TestNetwork.Wallet(s_local[0]);
        Address to = TestNetwork.AddressOf(s_local[1]);
        byte[] good = TestShard.Pay(local, to, 1, 0);
        byte[] version = [.. good], scheme = [.. good], chain = [.. good];
        version[0] = 0;
        scheme[TransferView.KeyAt] = 9;
        chain[1]++;
        (byte[] Bytes, TransactionFault Fault)[] cases =
        [
            (good[..^1], TransactionFault.Malformed), ([.. good, 0], TransactionFault.Malformed), (version, TransactionFault.Unknown), (scheme, TransactionFault.Unknown),
            (chain, TransactionFault.WrongChain), (TestShard.Pay(TestNetwork.Wallet(s_foreign[0]), to, 1, 0), TransactionFault.WrongShard),
            (TestShard.Pay(local, to, 1, 0, TestShard.TimeMs - 1), TransactionFault.OutsideWindow),
            (TestShard.Pay(local, to, 1, 0, TestShard.TimeMs + TransferTransition.MaxWindowMs + 1), TransactionFault.OutsideWindow),
            (TestShard.Pay(local, to, 1, 0, long.MinValue), TransactionFault.OutsideWindow), (TestShard.Pay(local, to, 1, 0, long.MaxValue), TransactionFault.OutsideWindow),
        ];
        foreach (int threads in new[] { 1, 3 })
        {
            using var executor = new MicroBlockExecutor<TransferTransition>(default, maxDegreeOfParallelism: threads);
            foreach ((byte[] bytes, TransactionFault fault) in cases)
            {
                ExecutionResult result = executor.Execute(TestShard.Block(), TestShard.Body([good, bytes, [1]]), shard.State);
                Assert.Equal(new ExecutionResult(ExecutionFault.BadTransaction, 1, fault), result);
                Assert.Equal(0, executor.Outcome.Writes.Length);
            }
            using var small = new MicroBlockExecutor<TransferTransition>(default, new ExecutionLimits { BlockGas = 2 * TransferTransition.Gas + 1 }, threads);
            Assert.Equal(new ExecutionResult(ExecutionFault.OverGasLimit, 2, TransactionFault.None), small.Execute(TestShard.Block(), TestShard.Body([good, good, good]), shard.State));
            Assert.True(small.Execute(TestShard.Block(), TestShard.Body([good, good]), shard.State).IsOk);
        }
    }

    [Fact]
    public void Verify_Batch_NamesTheForgedOne()
    {
        ISigner signer = TestNetwork.Wallet(s_local[0]);
        byte[][] transactions = [.. Enumerable.Range(0, 100).Select(i => TestShard.Pay(signer, TestNetwork.AddressOf(s_local[1]), (ulong)i, (ulong)i))];
        var batch = new SignatureBatch();
        Assert.True(batch.Verify(default(TransferTransition), TestShard.Block(), TestShard.Body(transactions), new TestVerifier()).IsOk);
        Assert.Equal(100, batch.Count);
        // Another chain, window, nonce, amount or recipient under the same signature: each is bound.
        foreach (int at in new[] { 9, 17, 25, 34, TransferView.KeyAt + 1, transactions[0].Length - 1 })
        {
            byte[][] forged = [.. transactions];
            forged[42] = [.. forged[42]];
            forged[42][at] ^= 1;
            ExecutionResult result = batch.Verify(default(AnyShard), TestShard.Block(), TestShard.Body(forged), new TestVerifier(), 2);
            Assert.Equal(new ExecutionResult(ExecutionFault.BadTransaction, 42, TransactionFault.BadSignature), result);
        }
    }

    [Fact]
    public void TryRead_HostileBytes_NeverThrows()
    {
        byte[] p256 = TestShard.Pay(TestNetwork.Wallet(0), TestNetwork.AddressOf(1), 5, 6), edwards = TestShard.Pay(new EdwardsTestSigner(1), TestNetwork.AddressOf(1), 5, 6);
        int accepted = 0;
        HostileBytes.Feed([p256, edwards], bytes =>
        {
            if (TransferView.TryRead(bytes, out TransferView view) != ReadResult.Ok) return;
            accepted++;
            Assert.Equal(bytes.Length, TransferView.KeyAt + view.PublicKey.Length + view.Signature.Length);
            Assert.True(view.Nonce + view.Amount + view.ChainId >= 0 && !view.SigningDigest.IsZero && !view.SenderCell.IsZero);
        });
        Assert.True(accepted > 1000);
        for (int length = 0; length < p256.Length; length++) Assert.Equal(ReadResult.Truncated, TransferView.TryRead(p256.AsSpan(0, length), out _));
    }

    [Fact]
    public void Sign_KnownInputs_IsFrozen()
    {
        byte[] p256 = TestShard.Pay(TestNetwork.Wallet(0), TestNetwork.AddressOf(1), 5, 6), edwards = TestShard.Pay(new EdwardsTestSigner(1), TestNetwork.AddressOf(1), 5, 6);
        string actual = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData([.. p256, .. edwards]));
        Assert.True(Frozen == actual, $"Expected {Frozen}, got {actual}.");
    }

    private static byte Apply(Dictionary<Digest, Account> bank, Digest sender, Digest recipient, ulong amount, ulong nonce)
    {
        Account account = bank[sender];
        if (nonce != account.Nonce) return TransferTransition.WrongNonce;
        bank[sender] = account with { Nonce = nonce + 1 };
        if (account.Balance < amount) return TransferTransition.InsufficientBalance;
        bank[sender] = bank[sender] with { Balance = account.Balance - amount };
        bank[recipient] = bank[recipient] with { Balance = bank[recipient].Balance + amount };
        return TransactionStatus.Applied;
    }

    /// <summary>Transfers whose declaration finds no fault, so that a forged one gets as far as its signature.</summary>
    private readonly struct AnyShard : IShardTransition
    {
        public TransactionFault Declare(ReadOnlySpan<byte> transaction, in BlockContext block, ref AccessDeclaration access) => TransactionFault.None;

        public void Authorize(ReadOnlySpan<byte> transaction, in BlockContext block, ref SignatureCollector signatures) =>
            default(TransferTransition).Authorize(transaction, block, ref signatures);

        public byte Execute(ReadOnlySpan<byte> transaction, in BlockContext block, ref CellView cells, ref ReceiptSink receipts, ref GasMeter gas) => TransactionStatus.Applied;

        public void Credit(in Digest cell, ReadOnlySpan<byte> receipt, in BlockContext block, ref CellView cells) { }
    }
}
