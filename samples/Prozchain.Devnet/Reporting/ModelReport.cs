namespace Prozchain.Devnet.Reporting;

/// <summary>The model's part of the summary.</summary>
internal static class ModelReport
{
    private const double Million = 1e6;

    public static void WriteText(Action<FormattableString> line, ModelSummary model)
    {
        line($"Model: {model.Reference} ({model.Format}, {model.Tensors} tensors), {model.RawBytes} bytes stored as {model.StoredBytes} over {model.Shards} shards, ratio {model.Ratio:F3}");
        line($"  price: {model.MicroDollarsPerMonth / Million:F6} dollars a month, {model.MicroDollarsPerRawGBMonth / Million:F6} per GB of the model, parity included");
        line($"  stored in {model.StoreSeconds:F1} s ({model.RawBytes / Million / model.StoreSeconds:F0} MB/s here), peak memory of the process {model.StorePeakBytes >> 20} MiB, the vault's buffers {model.BufferBytes >> 20} MiB; published with root {model.Root[..16]}");
        if (model.FineTune is { } tuned)
            line($"  fine-tune {tuned.Reference}, the last bit of about every fourth weight another one: {tuned.RawBytes} bytes stored as {tuned.StoredBytes}, {tuned.StripesAsDifference} stripes as what differs from the base, ratio {tuned.Ratio:F3}, in {tuned.StoreSeconds:F1} s; {tuned.LostPieces} of its pieces lost, read whole without them, {tuned.RepairedPieces} put back");
        line($"  {model.LostShards} of {model.Shards} shards lost their {model.LostPieces} pieces; {model.RepairedPieces} put back in {model.RepairSeconds:F1} s");
        line($"  audit of shard {model.AuditWithout.Shard} without its pieces: {model.AuditWithout.Missing} of {model.AuditWithout.Samples} samples missing, so no answer: failed");
        line($"  audit of shard {model.Audit.Shard} after the repair: {model.Audit.Samples} samples answered in {model.Audit.Milliseconds:F1} ms with {model.Audit.AnswerBytes} bytes: passed");
        InferenceSummary inference = model.Inference;
        InferenceFigures figures = inference.Figures;
        line($"Inference: {inference.Reference}, {inference.Origin}: {inference.Operators} operators, {inference.Multiplications} multiplications; first answer, with the load from the vault, after {inference.FirstMs:F1} ms");
        line($"  {figures.Sent} requests in {inference.Seconds:F1} s: {figures.Done} done, {figures.Refused} refused, {figures.Late} late; p50 {figures.P50Ms:F1} ms, p99 {figures.P99Ms:F1} ms, batches of {figures.MeanBatch:F1} on average, {figures.Done / inference.Seconds:F0} a second here");
        line($"  {inference.Compared} outputs and receipts compared with a run in a batch of one: the same bits; {inference.Receipts} receipts recorded");
        if (inference.Cheat is { } cheat) line($"  cheating host, one weight of {cheat.Altered} changed: the bisection over {cheat.Leaves} values ends at {cheat.Operator}, {cheat.Verdict}");
        else line($"  cheating host: no one changed weight shows in an output of this network, so there is nothing to contest");
    }
}
