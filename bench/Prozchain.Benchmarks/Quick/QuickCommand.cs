namespace Prozchain.Benchmarks.Quick;

/// <summary>quick [--filter TEXT] [--json FILE] [--long].</summary>
internal static class QuickCommand
{
    private const string Usage = "Usage: quick [--filter TEXT] [--json FILE] [--long]";

    /// <summary>Prints the table; 0 when it ran, 2 when the command line or the filter is wrong.</summary>
    public static int Run(ReadOnlySpan<string> args)
    {
        string? filter = null, json = null;
        bool withLong = false;
        while (!args.IsEmpty)
        {
            if (args is ["--long", ..])
            {
                withLong = true;
                args = args[1..];
                continue;
            }
            if (args is ["--filter", var text, ..]) filter = text;
            else if (args is ["--json", var file, ..]) json = file;
            else return Fail($"Expected --filter TEXT, --json FILE or --long, got '{args[0]}'. {Usage}");
            args = args[2..];
        }

        var machine = Machine.Read();
        Console.WriteLine(machine);
#if DEBUG
        Console.WriteLine("This is a Debug build: run with -c Release for figures that mean something.");
#endif
        var results = new List<QuickResult>();
        foreach (QuickResult result in new QuickRunner().Run(QuickRows.All, filter, withLong))
        {
            results.Add(result);
            if (!Console.IsErrorRedirected) Console.Error.WriteLine($"  {result.Area}: {result.Name}");
        }
        if (results.Count == 0) return Fail($"Expected a filter that some row's 'area/name' contains, got '{filter}'.");
        QuickTable.Write(Console.Out, results);
        if (json is not null) new QuickReport(machine, results).Save(json);
        return 0;
    }

    private static int Fail(string message)
    {
        Console.Error.WriteLine(message);
        return 2;
    }
}
