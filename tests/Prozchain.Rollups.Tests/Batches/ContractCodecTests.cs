using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.KeyValue;
using Prozchain.Rollups.Payments;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Batches;

/// <summary>Batches know no payments: here they hold transactions of the rollup of small contracts.</summary>
public sealed class ContractCodecTests
{
    private static readonly BatchCodec<ContractTransaction> s_codec = new(new ContractCodec(), new BatchLimits(500, 1 << 20));

    [Fact]
    public void Batches_OfContractTransactions_ComeBack() => Law.Check(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        byte[] bytes = Any(new SeededRandom((ulong)seed), out BatchHead head, out ContractTransaction[] transactions);
        return s_codec.TryRead(bytes, out BatchContent<ContractTransaction> content) == BatchFault.None && content.Head == head
            && Describe(content.Transactions.ToArray()).SequenceEqual(Describe(transactions));
    }, nameof(Batches_OfContractTransactions_ComeBack), 60);

    [Fact]
    public void HostileBatches_AreRefused_OrAreWhatAWriterWrites()
    {
        byte[][] seeds = [.. Enumerable.Range(0, 10).Select(i => Any(new SeededRandom((ulong)i), out _, out _))];
        var writer = new BatchCodec<ContractTransaction>(new ContractCodec(), new BatchLimits(500, 1 << 20));
        HostileBytes.Feed(seeds, bytes =>
        {
            byte[] copy = bytes.ToArray();
            if (s_codec.TryRead(copy, out BatchContent<ContractTransaction> content) != BatchFault.None) return;
            Assert.Equal(copy, Encode(writer, content.Head, content.Transactions.ToArray()));
        }, count: 4_000);
    }

    [Fact]
    public void ABatchOfOneRollup_IsNoneOfAnothers()
    {
        byte[] bytes = Any(new SeededRandom(2), out BatchHead head, out _);
        Assert.Equal(BatchFault.UnknownVersion, PaymentBatchTests.Codec().TryRead(bytes, out _));
        ContractTransaction[] large = [new ContractTransaction { Data = new byte[ContractTransaction.MaxData + 1] }];
        Assert.Throws<ArgumentException>(() => Encode(s_codec, head with { Count = 1 }, large));
    }

    private static byte[] Any(SeededRandom random, out BatchHead head, out ContractTransaction[] transactions)
    {
        var mode = (SignatureMode)random.Next(2);
        transactions = [.. Enumerable.Range(0, random.Next(0, 40)).Select(_ => new ContractTransaction
        {
            Sender = TestNames.Address(random.Next(6)),
            Nonce = (ulong)random.Next(9),
            Contract = random.Next(4) == 0 ? default : World.Root(random.Next(3)),
            GasLimit = 1_000UL * (ulong)random.Next(1, 50),
            Data = random.Bytes(random.Next(40)),
            Signed = mode == SignatureMode.None ? default : new Authorization(random.Bytes(33), random.Bytes(65)),
        })];
        head = new BatchHead(1, default, 2, 0, (ColumnLayout)random.Next(2), mode, transactions.Length);
        return Encode(new BatchCodec<ContractTransaction>(new ContractCodec(), new BatchLimits(500, 1 << 20)), head, transactions);
    }

    private static byte[] Encode(BatchCodec<ContractTransaction> codec, in BatchHead head, ContractTransaction[] transactions)
    {
        var output = new ArrayBufferWriter<byte>();
        codec.Write(head, transactions, head.Signatures == SignatureMode.Aggregate ? [1] : [], output);
        return output.WrittenSpan.ToArray();
    }

    private static IEnumerable<string> Describe(ContractTransaction[] transactions) => transactions.Select(transaction =>
        $"{transaction.Sender} {transaction.Nonce} {transaction.Contract} {transaction.GasLimit} {Convert.ToHexString(transaction.Data.Span)} {Convert.ToHexString(transaction.Signed.PublicKey.Span)} {Convert.ToHexString(transaction.Signed.Signature.Span)}");
}
