using System.Buffers;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Tests.Payments;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Tests.Batches;

/// <summary>Batches over the accounts of a real payments state.</summary>
public sealed class StateAccountNamesTests
{
    [Fact]
    public void Batch_OverAPaymentsState_NamesItsAccountsByNumberAndNonce()
    {
        var world = new PaymentWorld();
        for (int i = 0; i < 10; i++) world.Deposit(PaymentWorld.Person(i), 1_000);
        for (int i = 0; i < 3; i++)
            Assert.Equal(TransitionStatus.Applied, world.Do(PaymentWorld.Person(4), new Payment { Recipient = PaymentWorld.Person(5).Address, Amount = 10 }));
        var names = new StateAccountNames<KeccakTree>(world.Hosts.State);
        Assert.True(names.TryGetIndex(PaymentWorld.Person(4).Address, out ulong index));
        Assert.True(names.TryGetAddress(index, out AccountAddress address));
        Assert.Equal(PaymentWorld.Person(4).Address, address);
        Assert.Equal(3UL, names.GetNonce(address));
        Assert.False(names.TryGetIndex(PaymentWorld.Person(70).Address, out _));
        Assert.False(names.TryGetIndex(default, out _));
        Assert.False(names.TryGetAddress(1_000, out _));

        Payment[] payments =
        [
            world.Sign(PaymentWorld.Person(4), new Payment { Recipient = PaymentWorld.Person(70).Address, Amount = 7, Fee = 1 }),
            world.Sign(PaymentWorld.Person(4), new Payment { Nonce = 1, Recipient = PaymentWorld.Person(5).Address, Amount = 7 }),
            world.Sign(PaymentWorld.Person(5), new Payment { Kind = PaymentKind.Withdraw, L1Recipient = PaymentWorld.Outside, Amount = 7 }, PaymentWorld.Person(6)),
        ];
        var codec = new BatchCodec<Payment>(new PaymentCodec(names, PaymentLimits.Default), BatchLimits.Default);
        var output = new ArrayBufferWriter<byte>();
        codec.Write(new BatchHead(1, default, 2, 0, ColumnLayout.Packed, SignatureMode.PerTransaction, 3), payments, [], output);
        Assert.Equal(BatchFault.None, codec.TryRead(output.WrittenMemory, out BatchContent<Payment> content));
        // Signatures hold over every field, so that they say whether all came back.
        Assert.All(content.Transactions.ToArray(), payment => Assert.Equal(TransitionStatus.Applied, world.Hosts.Apply(payment).Status));
    }
}
