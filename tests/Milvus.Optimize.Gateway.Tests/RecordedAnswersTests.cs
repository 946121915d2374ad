using Google.Protobuf;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Gateway.Tests;

public sealed class RecordedAnswersTests
{
    [Fact]
    public void A_whole_run_of_a_real_server_is_understood()
    {
        var answers = Answers("milvus-2.3.5/full-run.jsonl").ToList();
        var trigger = answers.Select(a => a.Message).OfType<ManualCompactionResponse>().First();
        Assert.True(trigger.CompactionID > 0);
        var plans = answers.Select(a => a.Message).OfType<GetCompactionPlansResponse>().Where(a => a.MergeInfos.Count > 0).ToList();
        Assert.Equal(CompactionState.Executing, plans[0].State);
        Assert.Empty(Observations.Of(plans[0].MergeInfos.Single()).Targets);
        var last = Observations.Of(plans[^1].MergeInfos.Single());
        var target = Assert.Single(last.Targets);
        var after = answers.Select(a => a.Message).OfType<GetPersistentSegmentInfoResponse>().Last().Infos.Select(Observations.Of).ToList();
        Assert.Contains(after, s => s.Id == target && s.Rows == 16000 && s.State == Core.Milvus.SegmentState.Flushed);
        Assert.Contains(answers.Select(a => a.Message).OfType<DescribeIndexResponse>(), a => a.IndexDescriptions.Any(i => Observations.Of(i).PendingRows == 16000));
    }

    [Fact]
    public void A_real_server_says_which_nodes_serve_a_segment_and_with_which_index()
    {
        var view = Answers("milvus-2.3.5/full-run.jsonl").Select(a => a.Message).OfType<GetQuerySegmentInfoResponse>().Last().Infos.Select(Observations.Of).ToList();
        Assert.Equal((16000L, true, 1), (Assert.Single(view).Rows, view[0].Indexed, view[0].Nodes));
    }

    [Theory]
    [InlineData("milvus-2.3.5/index-none.jsonl", "DescribeIndex", MilvusFailure.IndexNotFound)]
    [InlineData("milvus-2.3.5/missing.jsonl", "GetLoadingProgress", MilvusFailure.CollectionNotFound)]
    [InlineData("milvus-2.3.5/handshake.jsonl", "ShowCollections", MilvusFailure.DatabaseNotFound)]
    [InlineData("milvus-lite-3.2.2/index-none.jsonl", "DescribeIndex", MilvusFailure.IndexNotFound)]
    [InlineData("milvus-lite-3.2.2/missing.jsonl", "GetLoadingProgress", MilvusFailure.CollectionNotFound)]
    [InlineData("milvus-2.3.5/unloaded.jsonl", "GetLoadingProgress", MilvusFailure.CollectionNotLoaded)]
    public void The_failures_of_a_real_server_keep_their_codes(string file, string method, int code)
    {
        var failures = Answers(file).Where(a => a.Method == method)
            .Select(a => (Wire.Status?)a.Message.Descriptor.FindFieldByName("status").Accessor.GetValue(a.Message)).Select(s => FailureClassifier.OfAnswer(s));
        Assert.Contains(failures, f => f?.Code == code && f.Kind == MilvusFailureKind.Permanent);
    }

    private static IEnumerable<(string Method, IMessage Message)> Answers(string file)
    {
        var service = MilvusReflection.Descriptor.Services.Single();
        foreach (var call in Transcript.Calls(file))
        {
            var method = service.FindMethodByName(call.GetProperty("method").GetString());
            if (method is not null && Transcript.Bytes(call, "response_hex") is { } bytes) yield return (method.Name, method.OutputType.Parser.ParseFrom(bytes));
        }
    }
}
