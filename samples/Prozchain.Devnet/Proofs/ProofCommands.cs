using System.CommandLine;

namespace Prozchain.Devnet.Proofs;

/// <summary>The commands about proofs.</summary>
internal static class ProofCommands
{
    public static Command ProveFile()
    {
        var file = new Argument<string>("file") { Description = "File to prove the knowledge of, at most 1 MiB" };
        var hash = new Option<string>("--hash") { Description = "Hash function of the statement: blake3 or sha256", DefaultValueFactory = _ => "blake3" };
        var prefix = new Option<int>("--prefix") { Description = "Make so many leading bytes public, 0 to 64" };
        var prefixBytes = new Option<string?>("--prefix-bytes") { Description = "Make these leading bytes public: in hex, and the file must start with them" };
        var output = new Option<string>("--out") { Description = "File to write the proof to", Required = true };
        var threads = new Option<int>("--threads") { Description = "Threads to work with", DefaultValueFactory = _ => Environment.ProcessorCount };
        var security = new Option<int>("--security") { Description = "Bits of proven security: 100 or 128", DefaultValueFactory = _ => 100 };
        var command = new Command("prove-file", "Prove that you know a file with a hash and some first bytes, and hide the rest") { file, hash, prefix, prefixBytes, output, threads, security };
        command.SetAction((given, cancellation) => FileProver.RunAsync(
            new(given.GetValue(file)!, given.GetValue(output)!, given.GetValue(hash)!, given.GetValue(prefix), given.GetValue(prefixBytes), given.GetValue(threads), given.GetValue(security)),
            cancellation));
        return command;
    }

    public static Command Verify()
    {
        var proof = new Argument<string>("proof") { Description = "File that prove-file wrote" };
        var hash = new Option<string?>("--hash") { Description = "Hash, in hex, that the proof must be about" };
        var command = new Command("verify", "Verify a proof of prove-file") { proof, hash };
        command.SetAction((given, cancellation) => FileVerifier.RunAsync(given.GetValue(proof)!, given.GetValue(hash), cancellation));
        return command;
    }
}
