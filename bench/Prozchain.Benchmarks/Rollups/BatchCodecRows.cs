using System.Buffers;
using Prozchain.Benchmarks.Quick;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Tests.Batches;

namespace Prozchain.Benchmarks.Rollups;

/// <summary>
/// Batches of version 1 on the workload of the byte targets: 20,000 transfers over 100,000 numbered accounts, log-uniform.
/// The rates are on one thread; memcpy is of the encoded bytes.
/// </summary>
internal static class BatchCodecRows
{
    private const string Area = "Rollups";
    private const int Transfers = 20_000;
    private const double EncodedBytes = 4.64;

    private static readonly Lazy<PaymentWorkload> s_workload = new(() => new PaymentWorkload(Transfers, seed: 7) { HasNonces = true });

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        Bytes("batch v1, 20,000 transfers, without signatures, raw", 6.3, () => Encode(ColumnLayout.Packed, hasNonces: true).WrittenCount),
        Bytes("batch v1, 20,000 transfers, without signatures, Brotli 10", 4.6, () => Compressed(Encode(ColumnLayout.Aligned, hasNonces: true))),
        Bytes("batch v1, 20,000 transfers, nonces, aggregate slot, Brotli 10", 5.7, () => 96 + Compressed(Encode(ColumnLayout.Aligned, hasNonces: false))),
        Rate("batch v1, encode, without signatures", () => Encoding(ColumnLayout.Packed)),
        Rate("batch v1, encode for a compressor", () => Encoding(ColumnLayout.Aligned)),
        Rate("batch v1, decode, without signatures", () => Decoding(ColumnLayout.Packed)),
        Rate("batch v1, decode from a compressor", () => Decoding(ColumnLayout.Aligned)),
        QuickRow.Rate(Area, "blob, pack and unpack 130,044 bytes", "GB/s", Blobs) with { Against = Yardstick.Memcpy },
    ];

    private static QuickRow Bytes(string name, double most, Func<int> bytes) => QuickRow.Figure(Area, name, "B/tx", Better.Lower, () => (double)bytes() / Transfers) with
    {
        Floor = new Goal(GoalOf.Value, most),
    };

    private static QuickRow Rate(string name, Func<QuickBody> prepare) => QuickRow.Rate(Area, name, "tx/s", prepare) with
    {
        Against = Yardstick.Memcpy,
        FromYardstick = static rate => rate * 1e9 / EncodedBytes,
    };

    private static BatchCodec<Payment> Codec() => new(new PaymentCodec(s_workload.Value, PaymentLimits.Default), BatchLimits.Default);

    private static BatchHead Head(ColumnLayout layout) => new(1, default, 2, 0, layout, SignatureMode.None, Transfers);

    private static ArrayBufferWriter<byte> Encode(ColumnLayout layout, bool hasNonces)
    {
        var output = new ArrayBufferWriter<byte>();
        s_workload.Value.HasNonces = hasNonces;
        Codec().Write(Head(layout), s_workload.Value.Payments, [], output);
        s_workload.Value.HasNonces = true;
        return output;
    }

    private static int Compressed(ArrayBufferWriter<byte> bytes)
    {
        var output = new ArrayBufferWriter<byte>();
        BatchCompression.WriteBrotli(bytes.WrittenSpan, 10, output);
        return output.WrittenCount;
    }

    private static QuickBody Encoding(ColumnLayout layout)
    {
        BatchCodec<Payment> codec = Codec();
        var output = new ArrayBufferWriter<byte>(1 << 18);
        return new QuickBody(
            () =>
            {
                output.ResetWrittenCount();
                codec.Write(Head(layout), s_workload.Value.Payments, [], output);
            },
            Transfers);
    }

    private static QuickBody Decoding(ColumnLayout layout)
    {
        BatchCodec<Payment> codec = Codec();
        ReadOnlyMemory<byte> bytes = Encode(layout, hasNonces: true).WrittenMemory;
        return new QuickBody(
            () =>
            {
                BatchFault fault = codec.TryRead(bytes, out _);
                if (fault != BatchFault.None) throw new InvalidOperationException($"Expected a batch, got {fault}.");
            },
            Transfers);
    }

    private static QuickBody Blobs()
    {
        byte[] data = Seeded.Bytes(Blob.Capacity, 3), blob = new byte[Blob.Size], read = new byte[Blob.Capacity];
        return new QuickBody(
            () =>
            {
                Blob.Pack(data, blob);
                if (!Blob.TryUnpack(blob, read, out _)) throw new InvalidOperationException("Expected a blob, got none.");
            },
            2 * Blob.Capacity / 1e9);
    }
}
