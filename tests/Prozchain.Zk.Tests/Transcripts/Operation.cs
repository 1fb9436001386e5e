using System.Buffers;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Transcripts;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests;

/// <summary>One call on a transcript, as data, so that tests can change it.</summary>
internal sealed record Operation(int Kind, byte[] Label, uint[] Data)
{
    public const int Kinds = 5;

    public static Operation[] Random(int seed, int count)
    {
        ulong state = (uint)seed + 1;
        uint Next(uint bound)
        {
            // SplitMix64: the cases are frozen, so they hang on no library's generator.
            state += 0x9E3779B97F4A7C15;
            ulong z = (state ^ state >> 30) * 0xBF58476D1CE4E5B9;
            z = (z ^ z >> 27) * 0x94D049BB133111EB;
            return (uint)((z ^ z >> 31) % bound);
        }
        var operations = new Operation[count];
        for (int i = 0; i < count; i++)
        {
            byte[] label = [.. Enumerable.Range(0, 1 + (int)Next(5)).Select(_ => (byte)('a' + Next(3)))];
            operations[i] = new Operation((int)Next(Kinds), label, [.. Enumerable.Range(0, (int)Next(6)).Select(_ => Next(1000))]);
        }
        return operations;
    }

    /// <summary>Runs operations and draws 32 bytes at the end.</summary>
    public static byte[] Run<THash>(IEnumerable<Operation> operations, string protocol = "test") where THash : struct, IDigest<THash>
    {
        using var transcript = new ProverTranscript<THash>(new ProtocolId(protocol), new ArrayBufferWriter<byte>());
        foreach (Operation operation in operations) operation.Apply(transcript);
        var challenge = new byte[32];
        transcript.Challenge("end"u8, challenge);
        return challenge;
    }

    /// <summary>All single changes of this operation: kind, label, length, content.</summary>
    public IEnumerable<Operation> Changes()
    {
        for (int kind = 0; kind < Kinds; kind++)
            if (kind != Kind) yield return this with { Kind = kind };
        yield return this with { Label = [.. Label, (byte)'a'] };
        yield return this with { Label = [(byte)(Label[0] ^ 1), .. Label.AsSpan(1)] };
        yield return this with { Data = [.. Data, 0] };
        if (Data.Length == 0 || Kind >= 2) yield break;
        yield return this with { Data = [.. Data.AsSpan(1)] };
        yield return this with { Data = [Data[0] ^ 1, .. Data.AsSpan(1)] };
    }

    private void Apply<THash>(ProverTranscript<THash> transcript) where THash : struct, IDigest<THash>
    {
        switch (Kind)
        {
            case 0: transcript.Absorb(Label, [.. Data.Select(word => (byte)word)]); break;
            case 1: transcript.Absorb<F>(Label, [.. Data.Select(F.FromUInt32)]); break;
            case 2: transcript.Challenge(Label, new byte[Data.Length]); break;
            case 3: transcript.Challenge<F>(Label, new F[Data.Length]); break;
            default: transcript.ChallengeIndices(Label, 1 + Data.Length, new int[Data.Length]); break;
        }
    }
}
