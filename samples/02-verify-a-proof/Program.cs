// Proves that the 1024th Fibonacci number modulo 2^31 - 2^24 + 1 was computed right, and verifies such a proof from a file.
// Usage: verify-a-proof prove FILE, or verify-a-proof verify FILE NUMBER. Exit code 0: the proof holds; 1: it does not; 2: wrong usage.
using System.Buffers;
using System.Globalization;
using Prozchain.Zk;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

const int logRows = 10;

// Both sides make the key themselves, from the constraints and the security that they ask for; nothing of it is in the file.
IAir[] airs = [new FibonacciAir()];
StarkKey<F> key = StarkKey.Create<F>(airs, StarkParameters.Secure100(StarkKey.ShapeOf<F>(airs, logRows, logRows)));

try
{
    return args switch
    {
        ["prove", string file] => await ProveAsync(file),
        ["verify", string file, string number] when uint.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out uint claimed) && claimed < F.Modulus =>
            await VerifyAsync(file, F.FromUInt32(claimed)),
        _ => Usage(),
    };
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}

async Task<int> ProveAsync(string file)
{
    Trace<F> trace = FibonacciAir.Generate<F>(F.Zero, F.One, 1 << logRows);
    F number = trace[1, trace.Height - 1];
    StarkProof proof = await StarkProver.ProveAsync(key, [trace], [[F.Zero, F.One, number]]);
    ArrayBufferWriter<byte> bytes = new();
    proof.Write(bytes);
    await File.WriteAllBytesAsync(file, bytes.WrittenMemory);
    Console.WriteLine(number);
    return 0;
}

async Task<int> VerifyAsync(string file, F claimed)
{
    // Whatever the file holds, the answer is a reason, never an exception.
    if (StarkProof.TryRead(await File.ReadAllBytesAsync(file), out StarkProof? proof) is not ReadResult.Ok and var unread)
    {
        Console.Error.WriteLine($"No proof: {unread}.");
        return 1;
    }
    VerifyResult result = StarkVerifier.Verify(key, [[F.Zero, F.One, claimed]], proof!);
    Console.WriteLine($"{result}, to {key.Parameters.Report.ProvenBits:F0} bits");
    return result == VerifyResult.Valid ? 0 : 1;
}

static int Usage()
{
    Console.Error.WriteLine("Usage: verify-a-proof prove FILE, or verify-a-proof verify FILE NUMBER");
    return 2;
}
