using System.Buffers;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Tests.Batches;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Allocation;

public sealed class BatchAllocationTests
{
    [Theory]
    [InlineData(SignatureMode.None)]
    [InlineData(SignatureMode.PerTransaction)]
    public void Batches_AreWrittenAndReadWithoutAllocating(SignatureMode mode)
    {
        const int Count = 500;
        var workload = new PaymentWorkload(Count, seed: 1);
        for (int i = 0; i < Count; i++)
        {
            byte[] key = [1, .. new byte[64]], signature = [1, .. new SeededRandom((ulong)i).Bytes(64)];
            workload.Payments[i] = workload.Payments[i] with { Signed = new Authorization(key, signature), Payload = new byte[i % 3] };
        }
        var codec = new BatchCodec<Payment>(new PaymentCodec(workload, PaymentLimits.Default), BatchLimits.Default);
        var output = new ArrayBufferWriter<byte>(1 << 17);
        var head = new BatchHead(1, default, 2, 0, ColumnLayout.Packed, mode, Count);
        AllocationAssert.None(() =>
        {
            output.ResetWrittenCount();
            codec.Write(head, workload.Payments, [], output);
        });
        ulong sum = 0;
        BatchFault fault = BatchFault.Malformed;
        AllocationAssert.None(() =>
        {
            fault = codec.TryRead(output.WrittenMemory, out BatchContent<Payment> content);
            foreach (ref readonly Payment payment in content.Transactions.Span) sum += payment.Nonce;
        });
        Assert.Equal(BatchFault.None, fault);
        Assert.NotEqual(0UL, sum);
    }

    [Fact]
    public void Rows_AreWrittenAndReadWithoutAllocating()
    {
        BatchCodec<Payment> codec = RowPayments.Codec();
        Payment[] payments = RowPayments.Any(new SeededRandom(1), 400);
        var output = new ArrayBufferWriter<byte>(1 << 17);
        BatchFault fault = BatchFault.Malformed;
        AllocationAssert.None(() =>
        {
            output.ResetWrittenCount();
            codec.Write(BatchHead.Upon(default, payments.Length), payments, [], output);
            fault = codec.TryRead(output.WrittenMemory, out _);
        });
        Assert.Equal(BatchFault.None, fault);
    }

    [Fact]
    public void Items_AreWrittenAndReadWithoutAllocating()
    {
        var access = new PaymentAccess(9);
        var payment = new Payment { Payload = new byte[100], Signed = new Authorization(new byte[65], new byte[65]) };
        var output = new ArrayBufferWriter<byte>(1 << 12);
        bool isRead = false;
        AllocationAssert.None(() =>
        {
            output.ResetWrittenCount();
            access.WriteItem(payment, output);
            isRead = access.TryReadItem(output.WrittenMemory, out _);
        });
        Assert.True(isRead);
    }

    [Fact]
    public void NetDiffsAndBlobs_AreWrittenAndReadWithoutAllocating()
    {
        NetDiff diff = NetDiffTests.Any(new SeededRandom(4));
        var codec = new NetDiffCodec(1_000, 1 << 20);
        var output = new ArrayBufferWriter<byte>(1 << 16);
        byte[] blob = new byte[Blob.Size], data = new byte[Blob.Capacity];
        AllocationAssert.None(() =>
        {
            output.ResetWrittenCount();
            codec.Write(diff, output);
            codec.TryRead(output.WrittenMemory, out _);
            Blob.Pack(output.WrittenSpan, blob);
            Blob.TryUnpack(blob, data, out _);
        });
    }
}
