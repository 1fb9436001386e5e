using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Tests.Derivation;
using Prozchain.Rollups.Transition;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Allocation;

public sealed class ProducerAllocationTests
{
    private const int Count = 300;

    /// <summary>A batch costs what a batch costs, however many transactions it has: less than a byte for each.</summary>
    [Fact]
    public void Batches_AreMadeWithoutAllocatingForATransaction()
    {
        var rules = new DerivationRules(RollupHarness.ChainId, default, default, 0) { UndoBatches = 1 };
        var transition = new Payments<KeccakTree>(new PaymentRules(RollupHarness.ChainId, new HashSigner(900).Address), new HashVerifier(), keyMemo: 256);
        var state = new StateStore<KeccakTree>(1);
        AccountAddress[] people = [.. Enumerable.Range(1, 50).Select(person => new HashSigner(person).Address)];
        byte[][] keys = [.. Enumerable.Range(1, 50).Select(person => new HashSigner(person).PublicKey.ToArray())];
        var context = new BatchContext(RollupHarness.ChainId, 0, 0, 0);
        foreach (AccountAddress person in people) transition.ApplyInbound(new InboundMessage { Recipient = person, Amount = 1UL << 40 }, context, state, new EffectLog());
        var producer = new BatchProducer<Payment, KeccakTree>(rules, transition, RollupHarness.Codec, new PaymentAccess(RollupHarness.ChainId), state, new DerivedTip(0, 0, default, context, default, state.Root()));
        var pool = new TransactionPool<Payment>(new PaymentAccess(RollupHarness.ChainId), new ArrivalOrder(), new PoolOptions());
        var nonces = new ulong[people.Length];
        byte[] signature = [1, .. new byte[64]];
        int made = 0;
        AllocationAssert.None(() =>
        {
            for (int i = 0; i < Count; i++)
            {
                int from = i % people.Length;
                pool.Add(new Payment { Sender = people[from], Nonce = nonces[from]++, Recipient = people[(i * 7 + 1) % people.Length], Amount = 3, Fee = 1, Signed = new Authorization(keys[from], signature) });
            }
            producer.Open(0, 0, []);
            pool.Drain(producer, static (into, payment) => into.TryAdd(payment, out _) == InclusionResult.Included ? PoolFate.Gone : PoolFate.Passed);
            made += producer.Close(out _).Count;
        });
        Assert.True(made > 0 && made % Count == 0, $"{made} transactions");
    }

    /// <summary>The same of bare batches, whose keys are noted.</summary>
    [Fact]
    public void BareBatches_AreMadeWithoutAllocatingForATransaction()
    {
        const int People = 50;
        var rules = new DerivationRules(RollupHarness.ChainId, default, default, 0) { UndoBatches = 1, Signatures = SignatureMode.None, IsBare = true };
        var transition = new Payments<KeccakTree>(new PaymentRules(RollupHarness.ChainId, AccountAddress.FromNumber(0)) { Layout = AccountLayout.Numbered }, new HashVerifier(), keyMemo: 256);
        var state = new StateStore<KeccakTree>(1);
        HashSigner[] people = [.. Enumerable.Range(0, People).Select(person => new HashSigner(person, isHashBased: true))];
        NumberedGenesis.Write<KeccakTree>(state, people[0].PublicKey.Span);
        var context = new BatchContext(RollupHarness.ChainId, 0, 0, 0);
        foreach (HashSigner person in people) transition.ApplyInbound(new InboundMessage { Recipient = person.Address, Amount = 1UL << 40 }, context, state, new EffectLog());
        var producer = new BatchProducer<Payment, KeccakTree>(rules, transition, BareRollup.Codec, new PaymentAccess(RollupHarness.ChainId), state, new DerivedTip(0, 0, default, context, default, state.Root()));
        var indices = new uint[People];
        Authorization[] signed = [.. people.Select(person => new Authorization(person.PublicKey, (byte[])[3, .. new byte[64]]))];
        int made = 0;
        AllocationAssert.None(() =>
        {
            producer.Open(0, 0, []);
            for (int i = 0; i < Count; i++)
            {
                int from = i % People;
                BinaryPrimitives.WriteUInt32LittleEndian(MemoryMarshal.AsMemory(signed[from].Signature).Span[1..], indices[from] += 2);
                var payment = new Payment { Sender = AccountAddress.FromNumber((uint)from), Nonce = indices[from] / 2 - 1, Recipient = AccountAddress.FromNumber((uint)(i * 7 + 1) % People), Amount = 3, Fee = 1, Signed = signed[from] };
                if (producer.TryAdd(payment, out _) == InclusionResult.Included) made++;
            }
            producer.Close(out _);
        });
        Assert.True(made > 0 && made % Count == 0, $"{made} transactions");
    }
}
