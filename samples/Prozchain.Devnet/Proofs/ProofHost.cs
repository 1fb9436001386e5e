namespace Prozchain.Devnet.Proofs;

/// <summary>What both commands about proofs share: how they read, speak and end.</summary>
internal static class ProofHost
{
    /// <summary>Runs a command and turns how it ended into an exit code and, if need be, one sentence.</summary>
    public static async Task<int> RunAsync(Func<Task<int>> command)
    {
        // Ctrl-C is caught only once the command has yielded.
        await Task.Yield();
        try
        {
            return await command().ConfigureAwait(false);
        }
        catch (RunUnusableException e)
        {
            return await FailAsync(ExitCodes.Unusable, e.Message).ConfigureAwait(false);
        }
        catch (ProofRefusedException e)
        {
            return await FailAsync(ExitCodes.Broken, $"The proof is refused: {e.Message}.").ConfigureAwait(false);
        }
        catch (RunBrokenException e)
        {
            return await FailAsync(ExitCodes.Broken, $"The run is broken: {e.Message}.").ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return await FailAsync(ExitCodes.Interrupted, "Stopped: nothing was written.").ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return await FailAsync(ExitCodes.Unusable, $"A file could not be read or written: {e.Message}").ConfigureAwait(false);
        }
    }

    /// <summary>Reads a file of at most so many bytes, and no more of it whatever it is.</summary>
    public static byte[] Read(string path, int most)
    {
        if (!File.Exists(path)) throw new RunUnusableException($"Cannot read the file '{path}': it does not exist or is no file.");
        using FileStream stream = File.OpenRead(path);
        var bytes = new MemoryStream();
        byte[] buffer = new byte[1 << 16];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            if (bytes.Length + read > most) throw new RunUnusableException(FormattableString.Invariant($"The file '{path}' must have at most {most} bytes, got more."));
            bytes.Write(buffer, 0, read);
        }
        return bytes.ToArray();
    }

    public static byte[] ParseHex(string option, string text)
    {
        string digits = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text;
        try
        {
            return Convert.FromHexString(digits);
        }
        catch (FormatException)
        {
            throw new RunUnusableException($"{option} must be bytes in hex, got '{text}'.");
        }
    }

    public static void Line(FormattableString text) => Console.Out.WriteLine(FormattableString.Invariant(text));

    private static async Task<int> FailAsync(int code, string sentence)
    {
        await Console.Error.WriteLineAsync(sentence).ConfigureAwait(false);
        return code;
    }
}

/// <summary>A proof is not one of what it states. The command ends with exit code 1 and this reason.</summary>
internal sealed class ProofRefusedException(string message) : Exception(message);
