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
        var names = new StateAccountNames<KeccakTree>(world.State);
        // More than are hashed at once, so that each has to come to its own place.
        AccountAddress[] asked = [.. Enumerable.Range(0, 150).Select(i => PaymentWorld.Person(i % 3 == 0 ? 70 : i % 10).Address), default];
        (ulong[] indices, ulong[] nonces, AccountAddress[] back) = (new ulong[asked.Length], new ulong[asked.Length], new AccountAddress[asked.Length]);
        names.FindIndices(asked, indices);
        names.GetNonces(asked, nonces);
        names.FindAddresses(indices, back);
        for (int i = 0; i < asked.Length; i++)
        {
            bool isKnown = i % 3 != 0 && i < 150;
            Assert.Equal(isKnown, indices[i] != IAccountNames.NoIndex);
            Assert.Equal(isKnown ? asked[i] : default, back[i]);
            Assert.Equal(isKnown && i % 10 == 4 ? 3UL : 0, nonces[i]);
        }

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
