using Prozchain.Benchmarks.Quick;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Wire;

namespace Prozchain.Benchmarks.Sharding;

/// <summary>Ed25519: every message of 32 bytes, every key another, so that nothing but the work itself is measured.</summary>
internal static class Ed25519Rows
{
    private const string Area = "Sharding";
    private const int MessageSize = 32;

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        Held("Ed25519 signatures made, 1 thread", Sign),
        Held("Ed25519 signatures verified singly, 1 thread", Single),
        Held("Ed25519 signatures verified in batches of 64, 1 thread", () => Batch(64, 1)),
        // The floor; the aim is what the C reference does in batches.
        Held("Ed25519 signatures verified in batches of 1,024, 1 thread", () => Batch(1024, 1)) with
        {
            Floor = new Goal(GoalOf.Value, 40_000),
            Aim = new Goal(GoalOf.Value, 57_000),
        },
        Held("Ed25519 signatures verified, 4,096 by 2 threads", () => Batch(4096, 2)),
    ];

    private static QuickRow Held(string name, Func<QuickBody> prepare) => QuickRow.Rate(Area, name, "1/s", prepare) with
    {
        Against = Yardstick.Registers,
        FromYardstick = Steps.PerSecond,
    };

    private static QuickBody Sign()
    {
        var signer = new Ed25519Signer(Seeded.Bytes(32, 1));
        byte[] message = Seeded.Bytes(MessageSize, 2), signature = new byte[SignatureSchemes.Ed25519SignatureSize];
        return new QuickBody(() => signer.Sign(message, signature), Owner: signer);
    }

    private static QuickBody Single()
    {
        SignedMessage[] messages = Signed(64);
        var verifier = new Ed25519Verifier();
        void Run()
        {
            foreach (SignedMessage message in messages)
                if (!verifier.Verify(message.PublicKey.Span, message.Message.Span, message.Signature.Span)) throw Invalid();
        }
        return new QuickBody(Run, messages.Length);
    }

    private static QuickBody Batch(int size, int threads)
    {
        SignedMessage[] messages = Signed(size);
        bool[] valid = new bool[size];
        var verifier = new Ed25519Verifier();
        void Run()
        {
            verifier.VerifyMany(messages, valid, threads);
            if (valid.Contains(false)) throw Invalid();
        }
        return new QuickBody(Run, size);
    }

    private static InvalidOperationException Invalid() => new("Expected valid signatures, got an invalid one.");

    private static SignedMessage[] Signed(int count)
    {
        var messages = new SignedMessage[count];
        for (int i = 0; i < count; i++)
        {
            using var signer = new Ed25519Signer(Seeded.Bytes(32, i));
            byte[] message = Seeded.Bytes(MessageSize, count + i), signature = new byte[SignatureSchemes.Ed25519SignatureSize];
            signer.Sign(message, signature);
            messages[i] = new SignedMessage(signer.PublicKey, message, signature);
        }
        return messages;
    }
}
