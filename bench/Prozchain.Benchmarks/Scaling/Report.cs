using System.Globalization;
using System.Text;
using Prozchain.Benchmarks.Quick;

namespace Prozchain.Benchmarks.Scaling;

/// <summary>Lines of Markdown, shown as they come and kept for a file.</summary>
internal sealed class Report
{
    private readonly StringBuilder _text = new();

    public Report(string title)
    {
        Line($"# {title}");
        Line("");
        Line($"- Machine: {Machine.Read()}");
        Line($"- Date: {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC");
    }

    public void Line(FormattableString text) => Line(text.ToString(CultureInfo.InvariantCulture));

    public void Line(string text)
    {
        Console.WriteLine(text);
        _text.Append(text).Append('\n');
    }

    /// <summary>The costs that simulated nodes are charged.</summary>
    public void Costs() => Line($"- Costs measured on this machine{(MeasuredCosts.IsTakenOver ? ", in an earlier and quieter run" : ", in this run")}, one core: {MeasuredCosts.Here}");

    public void Head(params string[] columns)
    {
        Line("");
        Line("| " + string.Join(" | ", columns) + " |");
        Line("|" + string.Concat(columns.Select((_, i) => i == 0 ? "---|" : "---:|")));
    }

    public void Row(params FormattableString[] cells) => Line("| " + string.Join(" | ", cells.Select(cell => cell.ToString(CultureInfo.InvariantCulture))) + " |");

    /// <summary>Writes bench/results/MACHINE/sharding-NAME.md below the current folder.</summary>
    public void Save(string name)
    {
        string folder = Path.Combine("bench", "results", Machine.Read().Processor.Replace(' ', '-'));
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, $"sharding-{name}.md"), _text.ToString());
    }
}
