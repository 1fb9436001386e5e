using FsCheck;
using FsCheck.Fluent;
using Prozchain.Rollups.KeyValue;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Tests.Laws;
using Prozchain.Rollups.Transition;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.KeyValue;

public sealed class ContractsTests
{
    private const ulong ChainId = 4, Gas = 60_000;

    // Adds word 0 of the input to what the caller has, tells the settlement layer the sum, and fails if the sum is above 100.
    private static readonly byte[] s_adder =
    [
        (byte)Op.Caller, (byte)Op.Caller, (byte)Op.Load, (byte)Op.Push1, 0, (byte)Op.Input, (byte)Op.Add, (byte)Op.Store,
        (byte)Op.Push1, 1, (byte)Op.Push1, 0, (byte)Op.Push1, 0, (byte)Op.Caller, (byte)Op.Load, (byte)Op.Emit, 1,
        (byte)Op.Push1, 100, (byte)Op.Caller, (byte)Op.Load, (byte)Op.Less, (byte)Op.JumpIf, 27, 0, (byte)Op.Stop, (byte)Op.Revert,
    ];

    private static readonly HashSigner s_alice = new(1), s_bob = new(2);
    private readonly Hosts<ContractTransaction, KeccakTree> _hosts = New();
    private readonly Dictionary<AccountAddress, ulong> _nonces = [];

    [Fact]
    public void AContract_KeepsWhatItIsTold_ForEachCallerApart()
    {
        Digest32 adder = Deploy(s_adder);
        Assert.Equal(TransitionStatus.Applied, Call(s_alice, adder, 7).Status);
        Assert.Equal(TransitionStatus.Applied, Call(s_bob, adder, 5).Status);
        Assert.Equal(TransitionStatus.Applied, Call(s_alice, adder, 90).Status);
        Assert.Equal(3, _hosts.Effects.Count);
        Assert.Equal([7UL, 5UL, 97UL], Enumerable.Range(0, 3).Select(i => BitConverter.ToUInt64(_hosts.Effects.Payload(i))));
        Assert.Equal(adder, _hosts.Effects[0].Sender.Digest);
        Assert.Equal(1, _hosts.Effects[0].Recipient.Span[0]);
    }

    [Fact]
    public void ARunThatFails_LeavesOnlyTheNonce()
    {
        Digest32 adder = Deploy(s_adder);
        Assert.Equal(TransitionStatus.Applied, Call(s_alice, adder, 60).Status);
        int keys = _hosts.State.Count;
        Assert.Equal(TransitionStatus.Reverted, Call(s_bob, adder, 101).Status);
        Assert.Equal((keys + 1, 1), (_hosts.State.Count, _hosts.Effects.Count));
        Assert.Equal(TransitionStatus.Applied, Call(s_alice, adder, 40).Status);
        Assert.Equal(100UL, BitConverter.ToUInt64(_hosts.Effects.Payload(1)));
    }

    [Fact]
    public void ALoop_EndsAtTheGasLimit()
    {
        Digest32 loop = Deploy([(byte)Op.Jump, 0, 0]);
        TransitionOutcome outcome = Call(s_alice, loop, 0);
        Assert.Equal(TransitionStatus.OverCap, outcome.Status);
        Assert.Equal(Gas, outcome.Resources.ExecutionGas);
        Assert.Equal(TransitionStatus.Malformed, Send(s_alice, new ContractTransaction { Contract = loop, GasLimit = ContractTransaction.MaxGas + 1 }).Status);
        Assert.Equal(TransitionStatus.Malformed, Send(s_alice, new ContractTransaction { Contract = loop, GasLimit = 1 }).Status);
    }

    [Fact]
    public void Invalid_ChangesNothing()
    {
        Assert.Equal(TransitionStatus.Reverted, Call(s_alice, World.Root(1), 0).Status);
        Assert.Equal(TransitionStatus.Reverted, Send(s_alice, new ContractTransaction { GasLimit = Gas }).Status);
        Assert.Equal(TransitionStatus.WrongNonce, Send(s_alice, new ContractTransaction { GasLimit = Gas, Nonce = 1 }).Status);
        ContractTransaction forged = new ContractTransaction { Sender = s_bob.Address, GasLimit = Gas }.Sign(s_alice, ChainId);
        Assert.Equal(TransitionStatus.BadSignature, _hosts.Apply(forged).Status);
        Assert.Equal(TransitionStatus.SentBack, _hosts.Inbound(new InboundMessage { Amount = 1, Recipient = s_bob.Address }).Status);
        Assert.Equal(TransitionStatus.Applied, _hosts.Inbound(new InboundMessage { Recipient = s_bob.Address }).Status);
        _hosts.Begin(_hosts.Context with { ChainId = 1 });
        Assert.Equal(TransitionStatus.WrongChain, Send(s_alice, new ContractTransaction { GasLimit = Gas }).Status);
    }

    [Fact]
    public void EveryHost_Agrees_WhateverTheProgram() =>
        Law.Check(Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            Hosts<ContractTransaction, KeccakTree> hosts = New();
            for (ulong i = 0; i < 6; i += 2)
            {
                byte[] code = random.Next(2) == 0 ? HostileBytes.Mutate(s_adder, random) : Noise(random);
                if (code.Length is 0 or > 1024) code = s_adder;
                Assert.Equal(TransitionStatus.Applied, hosts.Apply(new ContractTransaction { Sender = s_alice.Address, Nonce = i, GasLimit = Gas, Data = code }.Sign(s_alice, ChainId)).Status);
                var input = new byte[random.Next(40)];
                random.NextBytes(input);
                var call = new ContractTransaction { Sender = s_alice.Address, Nonce = i + 1, GasLimit = 12_000 + (ulong)random.Next(10_000), Contract = Contracts<KeccakTree>.ContractOf(s_alice.Address, i), Data = input };
                TransitionOutcome outcome = hosts.Apply(call.Sign(s_alice, ChainId));
                Assert.True(outcome.Status is TransitionStatus.Applied or TransitionStatus.Reverted or TransitionStatus.OverCap);
                Assert.True(outcome.Resources.ExecutionGas <= call.GasLimit);
            }
        }), "contracts", 150);

    private static Hosts<ContractTransaction, KeccakTree> New()
    {
        var hosts = new Hosts<ContractTransaction, KeccakTree>(new Contracts<KeccakTree>(ChainId, ResourceUse.Unlimited, new HashVerifier()), new BatchContext(ChainId, 0, 5, 6));
        hosts.Begin(hosts.Context);
        return hosts;
    }

    // Mostly operations that exist, after enough pushes for them.
    private static byte[] Noise(Random random)
    {
        Op[] ops = Enum.GetValues<Op>();
        var code = new List<byte>();
        for (int i = random.Next(1, 12); i > 0; i--) code.AddRange([(byte)Op.Push1, (byte)random.Next(256)]);
        for (int i = random.Next(1, 60); i > 0; i--) code.Add(random.Next(4) == 0 ? (byte)random.Next(60) : (byte)ops[random.Next(1, ops.Length - 1)]);
        return [.. code];
    }

    private Digest32 Deploy(byte[] code)
    {
        Digest32 contract = Contracts<KeccakTree>.ContractOf(s_alice.Address, _nonces.GetValueOrDefault(s_alice.Address));
        Assert.Equal(TransitionStatus.Applied, Send(s_alice, new ContractTransaction { GasLimit = Gas, Data = code }).Status);
        return contract;
    }

    private TransitionOutcome Call(HashSigner sender, Digest32 contract, ulong input) =>
        Send(sender, new ContractTransaction { Contract = contract, GasLimit = Gas, Data = BitConverter.GetBytes(input) });

    private TransitionOutcome Send(HashSigner sender, ContractTransaction transaction)
    {
        ulong nonce = _nonces.GetValueOrDefault(sender.Address);
        TransitionOutcome outcome = _hosts.Apply((transaction with { Sender = sender.Address, Nonce = nonce + transaction.Nonce }).Sign(sender, ChainId));
        if (outcome.Status.IsValid()) _nonces[sender.Address] = nonce + 1;
        return outcome;
    }
}
