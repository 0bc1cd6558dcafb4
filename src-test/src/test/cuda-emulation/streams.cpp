/* Streams, graphs and events: queues of work that runs when somebody waits for it. */
#include "driver.h"

extern "C" {

/* For the emulated cuBLAS. */
CUresult emulation_enqueue(Stream* stream, void (*work)(void*), void* argument) {
  ENTER
  return enqueue(stream, [=] { work(argument); });
}

CUresult cuStreamCreate(Stream** made, unsigned) {
  ENTER
  *made = new Stream();
  streams.push_back(*made);
  ++objects;
  return SUCCESS;
}

CUresult cuStreamDestroy_v2(Stream* stream) {
  ENTER
  drain(stream);
  for (size_t i = 0; i < streams.size(); ++i) {
    if (streams[i] == stream) {
      streams.erase(streams.begin() + i);
      break;
    }
  }
  delete stream;
  --objects;
  return SUCCESS;
}

CUresult cuStreamSynchronize(Stream* stream) {
  ENTER
  if (stream->capture != nullptr) return CAPTURE_UNSUPPORTED;
  drain(stream);
  return sticky;
}

CUresult cuStreamBeginCapture_v2(Stream* stream, int) {
  ENTER
  if (stream->capture != nullptr) return CAPTURE_UNSUPPORTED;
  stream->capture.reset(new Graph());
  return SUCCESS;
}

CUresult cuStreamEndCapture(Stream* stream, Graph** made) {
  ENTER
  if (stream->capture == nullptr) return CAPTURE_UNSUPPORTED;
  Graph* graph = stream->capture.release();
  if (next_capture != 0) {
    int code = next_capture;
    next_capture = 0;
    delete graph;
    return code;
  }
  *made = graph;
  ++objects;
  return SUCCESS;
}

CUresult cuGraphInstantiateWithFlags(Graph** made, Graph* from, unsigned long long) {
  ENTER
  *made = new Graph(*from);
  ++objects;
  return SUCCESS;
}

CUresult cuGraphDestroy(Graph* graph) {
  ENTER
  delete graph;
  --objects;
  return SUCCESS;
}

CUresult cuGraphExecDestroy(Graph* graph) {
  ENTER
  delete graph;
  --objects;
  return SUCCESS;
}

CUresult cuGraphLaunch(Graph* graph, Stream* stream) {
  ENTER
  ++graph_launches;
  for (auto& work : graph->work) {
    enqueue(stream, work);
  }
  return SUCCESS;
}

CUresult cuEventCreate(Event** made, unsigned) {
  ENTER
  *made = new Event();
  ++objects;
  return SUCCESS;
}

CUresult cuEventDestroy_v2(Event* event) {
  ENTER
  delete event;
  --objects;
  return SUCCESS;
}

CUresult cuEventRecord(Event* event, Stream* stream) {
  ENTER
  event->stream = stream;
  return SUCCESS;
}

CUresult cuEventSynchronize(Event* event) {
  ENTER
  drain(event->stream);
  return sticky;
}

CUresult cuEventElapsedTime(float* milliseconds, Event*, Event*) {
  ENTER
  *milliseconds = 1;
  return SUCCESS;
}

} /* extern "C" */
