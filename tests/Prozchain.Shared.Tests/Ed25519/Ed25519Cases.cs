using Prozchain.Testing;

namespace Prozchain.Shared.Tests;

/// <summary>Made cases, good and bad, and how a batch answers them.</summary>
internal static class Ed25519Cases
{
    public const int Kinds = 6;

    public static void Check(Ed25519Batch batch, ReadOnlySpan<Ed25519Case> cases)
    {
        var valid = new bool[cases.Length];
        Verify(batch, cases, valid);
        for (int i = 0; i < cases.Length; i++) Assert.True(cases[i].IsValid == valid[i], $"Expected {cases[i].Name} at {i} of {cases.Length} {(cases[i].IsValid ? "valid" : "refused")}.");
    }

    public static void Verify(Ed25519Batch batch, ReadOnlySpan<Ed25519Case> cases, Span<bool> valid)
    {
        batch.Clear();
        foreach (Ed25519Case test in cases) batch.Add(test.PublicKey, test.Message, test.Signature);
        batch.Verify(valid);
    }

    public static Ed25519Case[] Good(SeededRandom random, int count)
    {
        var cases = new Ed25519Case[count];
        for (int i = 0; i < count; i++)
        {
            using var key = new Ed25519PrivateKey(random.Bytes(32));
            byte[] message = random.Bytes(random.Next(0, 80)), signature = new byte[64];
            key.Sign(message, signature);
            cases[i] = new Ed25519Case("good", key.PublicKey.ToArray(), message, signature, true);
        }
        return cases;
    }

    public static Ed25519Case Spoilt(Ed25519Case test, int kind) => kind switch
    {
        0 => test with { Name = "another message", Message = [.. test.Message, 1], IsValid = false },
        1 => WithAnswer(test, 1),
        2 => test with { Name = "R of no point", Signature = [2, .. new byte[31], .. test.Signature[32..]], IsValid = false },
        3 => test with { Name = "key of no point", PublicKey = [2, .. new byte[31]], IsValid = false },
        4 => test with { Name = "s not reduced", Signature = [.. test.Signature[..32], .. Enumerable.Repeat((byte)0xFF, 32)], IsValid = false },
        _ => test with { Name = "short", Signature = test.Signature[..63], IsValid = false },
    };

    public static Ed25519Case WithAnswer(Ed25519Case test, System.Numerics.BigInteger more) => test with
    {
        Name = "another s",
        Signature = [.. test.Signature[..32], .. NaiveEdwards.Bytes(((NaiveEdwards.Number(test.Signature.AsSpan(32)) + more) % NaiveEdwards.L + NaiveEdwards.L) % NaiveEdwards.L)],
        IsValid = false,
    };
}
